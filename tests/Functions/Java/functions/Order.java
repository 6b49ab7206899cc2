package functions;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A value with members of every kind. */
public class Order extends Identified {
    public enum State { OPEN, SENT }

    public record Position(String article, int count) {
    }

    public static class Page<T> {
        public List<T> items;
    }

    public int number;
    public transient int notSeen = 1;
    private String customerName;
    private String URL;
    private boolean urgent;
    private BigDecimal price;
    private State state;
    private List<Position> positions;
    private Map<String, List<Long>> counts;
    private Set<String> marks;
    private Date made;
    private Instant changed;
    private LocalDate due;
    private Optional<String> note = Optional.empty();
    private byte[] bytes;
    private double[] sizes;
    private Page<Position> page;
    private Object anything;
    private String secret = "never written";

    public String getCustomerName() { return customerName; }
    public void setCustomerName(String value) { customerName = value; }
    public String getURL() { return URL; }
    public void setURL(String value) { URL = value; }
    public boolean isUrgent() { return urgent; }
    public void setUrgent(boolean value) { urgent = value; }
    public BigDecimal getPrice() { return price; }
    public void setPrice(BigDecimal value) { price = value; }
    public State getState() { return state; }
    public void setState(State value) { state = value; }
    public List<Position> getPositions() { return positions; }
    public void setPositions(List<Position> value) { positions = value; }
    public Map<String, List<Long>> getCounts() { return counts; }
    public void setCounts(Map<String, List<Long>> value) { counts = value; }
    public Set<String> getMarks() { return marks; }
    public void setMarks(Set<String> value) { marks = value; }
    public Date getMade() { return made; }
    public void setMade(Date value) { made = value; }
    public Instant getChanged() { return changed; }
    public void setChanged(Instant value) { changed = value; }
    public LocalDate getDue() { return due; }
    public void setDue(LocalDate value) { due = value; }
    public Optional<String> getNote() { return note; }
    public void setNote(Optional<String> value) { note = value; }
    public byte[] getBytes() { return bytes; }
    public void setBytes(byte[] value) { bytes = value; }
    public double[] getSizes() { return sizes; }
    public void setSizes(double[] value) { sizes = value; }
    public Page<Position> getPage() { return page; }
    public void setPage(Page<Position> value) { page = value; }
    public Object getAnything() { return anything; }
    public void setAnything(Object value) { anything = value; }
}

class Identified {
    private String id;

    public String getId() { return id; }
    public void setId(String value) { id = value; }
}
