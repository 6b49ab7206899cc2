package petrel.runtime.json;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAccessor;
import java.util.Base64;
import java.util.Calendar;
import java.util.Date;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From values to text. */
final class Writer {
    private static final int MAX_DEPTH = 1000;
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private final StringBuilder text = new StringBuilder(256);
    private int depth;

    String write(Object value) {
        add(value, false);
        return text.toString();
    }

    private void add(Object value, boolean inEvent) {
        if (value == null) {
            text.append("null");
        } else if (value instanceof CharSequence || value instanceof Character || value instanceof Enum) {
            string(value instanceof Enum<?> constant ? constant.name() : value.toString());
        } else if (value instanceof Number number) {
            number(number);
        } else if (value instanceof Boolean) {
            text.append(value);
        } else if (value instanceof Map<?, ?> map) {
            object(map, inEvent);
        } else if (value instanceof Iterable<?> items && !(value instanceof java.nio.file.Path)) {
            array(items.iterator(), inEvent);
        } else if (value instanceof Iterator<?> items) {
            array(items, inEvent);
        } else if (value.getClass().isArray()) {
            array(value, inEvent);
        } else if (value instanceof Optional<?> optional) {
            add(optional.orElse(null), inEvent);
        } else if (!time(value, inEvent)) {
            other(value);
        }
    }

    private void number(Number number) {
        double value = number.doubleValue();
        boolean isFloating = number instanceof Double || number instanceof Float;
        if (isFloating && (Double.isNaN(value) || Double.isInfinite(value))) {
            string(number.toString()); // JSON has no number for it.
        } else {
            text.append(number);
        }
    }

    private void object(Map<?, ?> map, boolean inEvent) {
        enter();
        text.append('{');
        char separator = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (entry.getValue() == null) {
                continue;
            }
            if (separator != 0) {
                text.append(separator);
            }
            separator = ',';
            string(entry.getKey() instanceof Enum<?> constant ? constant.name() : String.valueOf(entry.getKey()));
            text.append(':');
            add(entry.getValue(), inEvent);
        }
        text.append('}');
        depth--;
    }

    private void array(Iterator<?> items, boolean inEvent) {
        enter();
        text.append('[');
        while (items.hasNext()) {
            add(items.next(), inEvent);
            if (items.hasNext()) {
                text.append(',');
            }
        }
        text.append(']');
        depth--;
    }

    private void array(Object array, boolean inEvent) {
        if (array instanceof byte[] bytes) {
            string(Base64.getEncoder().encodeToString(bytes));
        } else if (array instanceof char[] characters) {
            string(new String(characters));
        } else {
            enter();
            text.append('[');
            int length = Array.getLength(array);
            for (int i = 0; i < length; i++) {
                if (i > 0) {
                    text.append(',');
                }
                add(Array.get(array, i), inEvent);
            }
            text.append(']');
            depth--;
        }
    }

    // Times are numbers, as in the official serializer; AWS's classes of events count seconds.
    private boolean time(Object value, boolean inEvent) {
        if (value instanceof Date date) {
            text.append(inEvent ? (Object) (date.getTime() / 1000.0) : (Object) date.getTime());
        } else if (value instanceof Calendar calendar) {
            text.append(calendar.getTimeInMillis());
        } else if (value instanceof Instant instant) {
            seconds(instant.getEpochSecond(), instant.getNano());
        } else if (value instanceof OffsetDateTime time) {
            seconds(time.toEpochSecond(), time.getNano());
        } else if (value instanceof ZonedDateTime time) {
            seconds(time.toEpochSecond(), time.getNano());
        } else if (value instanceof Duration duration) {
            seconds(duration.getSeconds(), duration.getNano());
        } else if (value instanceof LocalDate date) {
            add(List.of(date.getYear(), date.getMonthValue(), date.getDayOfMonth()), false);
        } else if (value instanceof LocalDateTime time) {
            text.append('[').append(time.getYear()).append(',').append(time.getMonthValue()).append(',').append(time.getDayOfMonth()).append(',');
            clock(time.toLocalTime());
            text.append(']');
        } else if (value instanceof LocalTime time) {
            text.append('[');
            clock(time);
            text.append(']');
        } else if (value instanceof TemporalAccessor || value.getClass().getName().startsWith("org.joda.time.")) {
            string(value.toString());
        } else {
            return false;
        }
        return true;
    }

    private void clock(LocalTime time) {
        text.append(time.getHour()).append(',').append(time.getMinute());
        if (time.getSecond() > 0 || time.getNano() > 0) {
            text.append(',').append(time.getSecond());
        }
        if (time.getNano() > 0) {
            text.append(',').append(time.getNano());
        }
    }

    private void seconds(long seconds, int nanos) {
        text.append(java.math.BigDecimal.valueOf(seconds).add(java.math.BigDecimal.valueOf(nanos, 9)).toPlainString());
    }

    private void other(Object value) {
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            string(Base64.getEncoder().encodeToString(bytes));
        } else if (value instanceof Class<?> type) {
            string(type.getName());
        } else if (value.getClass().getName().startsWith("java.") && !(value instanceof Throwable)) {
            string(value.toString()); // UUID, URI, File, Locale…
        } else {
            bean(value);
        }
    }

    private void bean(Object value) {
        enter();
        text.append('{');
        Bean bean = Bean.of(value.getClass());
        char separator = 0;
        for (Map.Entry<String, Bean.Accessor> getter : bean.getters()) {
            Object member = get(getter, value);
            if (member != null) {
                if (separator != 0) {
                    text.append(separator);
                }
                separator = ',';
                string(getter.getKey());
                text.append(':');
                add(member, bean.isEvent);
            }
        }
        text.append('}');
        depth--;
    }

    private static Object get(Map.Entry<String, Bean.Accessor> getter, Object from) {
        try {
            return getter.getValue().get(from);
        } catch (InvocationTargetException e) {
            throw new JsonException("Cannot get " + getter.getKey() + ": " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new JsonException("Cannot get " + getter.getKey(), e);
        }
    }

    private void enter() {
        if (++depth > MAX_DEPTH) {
            throw new JsonException("Nested deeper than " + MAX_DEPTH + " levels, or within itself");
        }
    }

    private void string(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\b' -> text.append("\\b");
                case '\f' -> text.append("\\f");
                default -> {
                    if (c < ' ') {
                        text.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
