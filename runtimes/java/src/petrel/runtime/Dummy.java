package petrel.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Date;
import java.util.List;
import java.util.Map;

/** The function that a waiting process exercises. It is no part of the program: like a function's, its classes come from a folder. */
public final class Dummy implements RequestHandler<Dummy.Event, Dummy.Event> {
    /** An event with bean members of the usual types. */
    public static final class Event {
        private String name;
        private List<Object> list;
        private Map<String, String> map;
        private Date at;
        public int number;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        public List<Object> getList() {
            return list;
        }

        public void setList(List<Object> list) {
            this.list = list;
        }

        public Map<String, String> getMap() {
            return map;
        }

        public void setMap(Map<String, String> map) {
            this.map = map;
        }

        public Date getAt() {
            return at;
        }

        public void setAt(Date at) {
            this.at = at;
        }
    }

    @Override
    public Event handleRequest(Event event, Context context) {
        return event;
    }

    public Map<String, Object> map(Map<String, Object> event, Context context) {
        return event;
    }

    public void bytes(InputStream input, OutputStream output, Context context) throws IOException {
        output.write(input.readAllBytes());
    }

    public String text(String event) {
        if (event.isEmpty()) {
            throw new IllegalStateException(event);
        }
        return event;
    }
}
