package petrel.runtime.json;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From text to maps, lists, strings, numbers, booleans and null. */
final class Parser {
    /** As deep as the serializer of Lambda's runtime goes. */
    private static final int MAX_DEPTH = 1000;
    private static final int MAX_INT_DIGITS = 9;
    private static final int MAX_LONG_DIGITS = 18;

    private final String text;
    private int at;
    private int depth;

    Parser(String text) {
        this.text = text;
    }

    Object parse() {
        Object value = value();
        if (next() != 0) {
            throw unexpected();
        }
        return value;
    }

    private Object value() {
        char c = next();
        return switch (c) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", Boolean.TRUE);
            case 'f' -> word("false", Boolean.FALSE);
            case 'n' -> word("null", null);
            default -> {
                if (c == '-' || c >= '0' && c <= '9') {
                    yield number();
                }
                throw unexpected();
            }
        };
    }

    private Map<String, Object> object() {
        enter();
        Map<String, Object> object = new LinkedHashMap<>();
        at++;
        if (next() == '}') {
            at++;
        } else {
            char end;
            do {
                if (next() != '"') {
                    throw unexpected();
                }
                String name = string();
                if (next() != ':') {
                    throw unexpected();
                }
                at++;
                object.put(name, value());
                end = next();
                if (end != ',' && end != '}') {
                    throw unexpected();
                }
                at++;
            } while (end == ',');
        }
        depth--;
        return object;
    }

    private List<Object> array() {
        enter();
        List<Object> array = new ArrayList<>();
        at++;
        if (next() == ']') {
            at++;
        } else {
            char end;
            do {
                array.add(value());
                end = next();
                if (end != ',' && end != ']') {
                    throw unexpected();
                }
                at++;
            } while (end == ',');
        }
        depth--;
        return array;
    }

    private void enter() {
        if (++depth > MAX_DEPTH) {
            throw new JsonException("Nested deeper than " + MAX_DEPTH + " levels");
        }
    }

    private String string() {
        int start = ++at;
        while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\\') {
            at++;
        }
        if (at < text.length() && text.charAt(at) == '"') {
            return text.substring(start, at++);
        }
        StringBuilder string = new StringBuilder(text.substring(start, at));
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return string.toString();
            }
            string.append(c == '\\' ? escape() : c);
        }
        throw unexpected();
    }

    private char escape() {
        char c = at < text.length() ? text.charAt(at++) : 0;
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case '"', '\\', '/' -> c;
            case 'u' -> {
                try {
                    char code = (char) Integer.parseInt(text, at, at + 4, 16);
                    at += 4;
                    yield code;
                } catch (NumberFormatException | IndexOutOfBoundsException e) {
                    throw unexpected();
                }
            }
            default -> throw unexpected();
        };
    }

    private Number number() {
        int start = at;
        boolean whole = true;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
            char c = text.charAt(at++);
            whole &= c == '-' || c >= '0' && c <= '9';
        }
        String digits = text.substring(start, at);
        try {
            if (!whole) {
                return new Decimal(digits);
            }
            int count = digits.length();
            if (count <= MAX_INT_DIGITS) {
                return Integer.valueOf(digits);
            }
            if (count <= MAX_LONG_DIGITS) {
                long value = Long.parseLong(digits);
                return value == (int) value ? Integer.valueOf((int) value) : Long.valueOf(value);
            }
            BigInteger value = new BigInteger(digits);
            return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
        } catch (NumberFormatException e) {
            at = start;
            throw unexpected();
        }
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) {
            throw unexpected();
        }
        at += word.length();
        return value;
    }

    /** The next character that is not white space, which stays; 0 at the end. */
    private char next() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                return c;
            }
            at++;
        }
        return 0;
    }

    private JsonException unexpected() {
        return new JsonException(at >= text.length()
                ? "Unexpected end of the JSON text at character " + text.length()
                : "Unexpected character '" + text.charAt(at) + "' at character " + at + " of the JSON text");
    }

    /** A number with a fraction or an exponent: a Double for most, with all its digits for who asks for them. */
    static final class Decimal extends Number {
        private static final long serialVersionUID = 1;
        final String digits;
        private final double value;

        Decimal(String digits) {
            this.digits = digits;
            value = Double.parseDouble(digits);
        }

        @Override
        public int intValue() {
            return (int) value;
        }

        @Override
        public long longValue() {
            return (long) value;
        }

        @Override
        public float floatValue() {
            return Float.parseFloat(digits);
        }

        @Override
        public double doubleValue() {
            return value;
        }

        @Override
        public String toString() {
            return digits;
        }
    }
}
