package petrel.runtime.json;

import java.lang.reflect.InvocationTargetException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** Values that JSON has as one string or number. */
final class Scalars {
    /** An empty text, or a name that an enumeration does not know, where null can stand. */
    static final Object NOTHING = new Object();

    private static final Map<Class<?>, Function<Object, Object>> READERS = new HashMap<>();

    static {
        number(byte.class, Byte.class, Number::byteValue);
        number(short.class, Short.class, Number::shortValue);
        number(int.class, Integer.class, Number::intValue);
        number(long.class, Long.class, Number::longValue);
        number(float.class, Float.class, Number::floatValue);
        number(double.class, Double.class, Number::doubleValue);
        READERS.put(Number.class, v -> v instanceof Parser.Decimal d ? (Object) d.doubleValue() : v instanceof Number ? v : new BigDecimal((String) v));
        READERS.put(BigDecimal.class, v -> new BigDecimal(v.toString()));
        READERS.put(BigInteger.class, v -> new BigDecimal(v.toString()).toBigInteger());
        READERS.put(boolean.class, Scalars::bool);
        READERS.put(Boolean.class, Scalars::bool);
        READERS.put(char.class, v -> v.toString().charAt(0));
        READERS.put(Character.class, v -> v.toString().charAt(0));
        READERS.put(byte[].class, v -> Base64.getMimeDecoder().decode((String) v));
        READERS.put(ByteBuffer.class, v -> ByteBuffer.wrap(Base64.getMimeDecoder().decode((String) v)));
        READERS.put(char[].class, v -> v.toString().toCharArray());
        READERS.put(Date.class, v -> v instanceof Number n ? new Date(n.longValue()) : Date.from(instant((String) v)));
        READERS.put(Instant.class, v -> v instanceof Number n ? seconds(n) : instant((String) v));
        READERS.put(OffsetDateTime.class, v -> v instanceof Number n ? seconds(n).atOffset(ZoneOffset.UTC) : OffsetDateTime.parse((String) v));
        READERS.put(ZonedDateTime.class, v -> v instanceof Number n ? seconds(n).atZone(ZoneOffset.UTC) : ZonedDateTime.parse((String) v));
        READERS.put(LocalDate.class, v -> LocalDate.parse((String) v));
        READERS.put(LocalTime.class, v -> LocalTime.parse((String) v));
        READERS.put(LocalDateTime.class, v -> LocalDateTime.parse((String) v));
        READERS.put(Duration.class, v -> v instanceof Number n ? Duration.between(Instant.EPOCH, seconds(n)) : Duration.parse((String) v));
        READERS.put(UUID.class, v -> UUID.fromString((String) v));
        READERS.put(java.net.URI.class, v -> java.net.URI.create((String) v));
    }

    private Scalars() {
    }

    /** Null for a type that is not one of these. */
    static Object read(Object value, Class<?> type) {
        if (type == String.class || type == CharSequence.class) {
            if (value instanceof Map || value instanceof java.util.List) {
                throw Reader.mismatch(value, type);
            }
            return value.toString();
        }
        if (type.isEnum()) {
            return value instanceof String name ? constant(type, name) : value instanceof Number n ? type.getEnumConstants()[n.intValue()] : mismatch(value, type);
        }
        Function<Object, Object> reader = READERS.get(type);
        if (reader == null) {
            return type.getName().equals("org.joda.time.DateTime") ? joda(value, type) : null;
        }
        if ("".equals(value) && !type.isPrimitive() && !type.isArray()) {
            return NOTHING;
        }
        if (value instanceof java.util.List && type.isArray()) {
            return null; // An array of numbers or characters.
        }
        try {
            return reader.apply(value);
        } catch (ClassCastException | IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
            JsonException mismatch = Reader.mismatch(value, type);
            throw value instanceof String text ? new JsonException(mismatch.getMessage() + " \"" + text + "\"", e) : mismatch;
        }
    }

    private static void number(Class<?> primitive, Class<?> boxed, Function<Number, Object> of) {
        Function<Object, Object> reader = value -> of.apply(value instanceof Number number ? number : new BigDecimal(((String) value).trim()));
        READERS.put(primitive, reader);
        READERS.put(boxed, reader);
    }

    private static Object bool(Object value) {
        if (value instanceof Number number) {
            return number.doubleValue() != 0;
        }
        if (value instanceof String text && !text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            throw new IllegalArgumentException(text);
        }
        return value instanceof String text ? Boolean.valueOf(text) : (Boolean) value;
    }

    private static Object constant(Class<?> type, String name) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        return NOTHING;
    }

    private static Object mismatch(Object value, Class<?> type) {
        throw Reader.mismatch(value, type);
    }

    private static Instant seconds(Number number) {
        BigDecimal seconds = new BigDecimal(number.toString());
        return Instant.ofEpochSecond(seconds.longValue(), seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue());
    }

    private static Instant instant(String text) {
        return text.length() == 10 ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                : java.time.format.DateTimeFormatter.ISO_DATE_TIME.parse(
                        text.matches(".*[+-]\\d{4}$") ? text.substring(0, text.length() - 2) + ":" + text.substring(text.length() - 2) : text,
                        Scalars::anyInstant);
    }

    private static Instant anyInstant(java.time.temporal.TemporalAccessor time) {
        return time.isSupported(java.time.temporal.ChronoField.OFFSET_SECONDS) ? Instant.from(time) : LocalDateTime.from(time).toInstant(ZoneOffset.UTC);
    }

    /** The time of AWS's classes of events. */
    private static Object joda(Object value, Class<?> type) {
        try {
            return type.getConstructor(Object.class).newInstance(value);
        } catch (InvocationTargetException e) {
            throw new JsonException("Cannot deserialize value of type `" + type.getName() + "`", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new JsonException("Cannot deserialize value of type `" + type.getName() + "`", e);
        }
    }
}
