package petrel.runtime.json;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * JSON and the values of handlers, by the rules of the serializer that Lambda's runtime has: bean members and public fields, unknown members
 * ignored, null members not written. A general library would take longer to load than the whole process takes to start.
 */
public final class Json {
    private Json() {
    }

    public static Object read(byte[] text, Type type) {
        return Reader.convert(parse(text), type);
    }

    public static Map<?, ?> object(byte[] text) {
        if (parse(text) instanceof Map<?, ?> object) {
            return object;
        }
        throw new JsonException("Expected a JSON object");
    }

    public static byte[] write(Object value) {
        return new Writer().write(value).getBytes(StandardCharsets.UTF_8);
    }

    private static Object parse(byte[] text) {
        return new Parser(new String(text, StandardCharsets.UTF_8)).parse();
    }
}
