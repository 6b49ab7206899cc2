package petrel.runtime;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TimeZone;

/** Gives a process that was started before its function was known the function's variables: Java shows those of its start. */
final class Variables {
    private Variables() {
    }

    static void add(Map<String, String> more) throws ReflectiveOperationException {
        Hidden.VARIABLES.putAll(more);
        replaceNative(Hidden.VARIABLES);
        String zone = more.get("TZ");
        if (zone != null) {
            TimeZone.setDefault(TimeZone.getTimeZone(zone.startsWith(":") ? zone.substring(1) : zone));
        }
    }

    // Child processes and native libraries see what the system's own pointer leads to.
    private static void replaceNative(Map<String, String> variables) throws ReflectiveOperationException {
        // The list of pointers, the zero that ends it, and then what they point to.
        byte[][] texts = new byte[variables.size()][];
        int size = (texts.length + 1) * Long.BYTES;
        int index = 0;
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            byte[] text = (variable.getKey() + "=" + variable.getValue()).getBytes(StandardCharsets.UTF_8);
            texts[index++] = text;
            size += text.length + 1;
        }
        long memory = (long) Hidden.ALLOCATE.invoke(Hidden.UNSAFE, (long) size); // Stays for the life of the process.
        ByteBuffer block = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
        int at = (texts.length + 1) * Long.BYTES;
        for (int i = 0; i < texts.length; i++) {
            block.putLong(i * Long.BYTES, memory + at);
            block.put(at, texts[i]);
            at += texts[i].length + 1;
        }
        Hidden.COPY.invoke(Hidden.UNSAFE, block.array(), Hidden.ARRAY_BASE, null, memory, (long) size);
        Hidden.PUT.invoke(Hidden.UNSAFE, Hidden.ENVIRON, memory);
    }

    /** What Java keeps to itself; found once. */
    private static final class Hidden {
        static final Map<String, String> VARIABLES;
        static final long ENVIRON;
        static final Object UNSAFE;
        static final Method ALLOCATE;
        static final Method COPY;
        static final Method PUT;
        static final long ARRAY_BASE;

        static {
            try {
                VARIABLES = beneath(System.getenv());
                ENVIRON = find("environ");
                String unsafe = "jdk.internal.misc.Unsafe";
                UNSAFE = method(unsafe, "getUnsafe").invoke(null);
                ALLOCATE = method(unsafe, "allocateMemory", long.class);
                COPY = method(unsafe, "copyMemory", Object.class, long.class, Object.class, long.class, long.class);
                PUT = method(unsafe, "putLong", long.class, long.class);
                ARRAY_BASE = ((Number) method(unsafe, "arrayBaseOffset", Class.class).invoke(UNSAFE, byte[].class)).longValue(); // An int, or a long.
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        // What System.getenv() shows is an unmodifiable view; what is beneath it takes new ones.
        @SuppressWarnings("unchecked")
        private static Map<String, String> beneath(Map<String, String> shown) throws ReflectiveOperationException {
            Field field = shown.getClass().getDeclaredField("m");
            field.setAccessible(true);
            return (Map<String, String>) field.get(shown);
        }

        // Zero is the handle of all that the process has loaded.
        private static long find(String symbol) throws ReflectiveOperationException {
            try {
                return found((long) method("jdk.internal.loader.NativeLibrary", "findEntry0", long.class, String.class).invoke(null, 0L, symbol), symbol);
            } catch (NoSuchMethodException e) {
                // Java 17 has the handle in an object.
                Class<?> library = Class.forName("jdk.internal.loader.NativeLibraries$NativeLibraryImpl");
                Constructor<?> constructor = library.getDeclaredConstructor(Class.class, String.class, boolean.class, boolean.class);
                constructor.setAccessible(true);
                Object all = constructor.newInstance(Variables.class, "all", false, false);
                return found((long) method("jdk.internal.loader.NativeLibraries", "findEntry0", library, String.class).invoke(null, all, symbol), symbol);
            }
        }

        private static long found(long address, String symbol) throws ReflectiveOperationException {
            if (address == 0) {
                throw new ReflectiveOperationException("The process has no " + symbol);
            }
            return address;
        }

        private static Method method(String type, String name, Class<?>... parameters) throws ReflectiveOperationException {
            Method method = Class.forName(type).getDeclaredMethod(name, parameters);
            method.setAccessible(true);
            return method;
        }
    }
}
