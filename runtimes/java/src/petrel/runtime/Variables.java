package petrel.runtime;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TimeZone;

/** Gives a process that was started before its function was known the function's variables: Java shows those of its start. */
final class Variables {
    private Variables() {
    }

    @SuppressWarnings("unchecked")
    static void add(Map<String, String> more) throws ReflectiveOperationException {
        // What System.getenv() shows is an unmodifiable view; what is beneath it takes new ones.
        Map<String, String> shown = System.getenv();
        Field beneath = shown.getClass().getDeclaredField("m");
        beneath.setAccessible(true);
        ((Map<String, String>) beneath.get(shown)).putAll(more);
        replaceNative(shown);
        String zone = more.get("TZ");
        if (zone != null) {
            TimeZone.setDefault(TimeZone.getTimeZone(zone.startsWith(":") ? zone.substring(1) : zone));
        }
    }

    // Child processes and native libraries see what the system's own pointer leads to.
    private static void replaceNative(Map<String, String> variables) throws ReflectiveOperationException {
        long pointer = find("environ");
        if (pointer == 0) {
            throw new ReflectiveOperationException("environ is not there");
        }
        Memory memory = new Memory();
        long list = memory.allocate((variables.size() + 1L) * Long.BYTES);
        long next = list;
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            memory.putLong(next, memory.text(variable.getKey() + "=" + variable.getValue()));
            next += Long.BYTES;
        }
        memory.putLong(next, 0);
        memory.putLong(pointer, list);
    }

    // Zero is the handle of all that the process has loaded.
    private static long find(String symbol) throws ReflectiveOperationException {
        try {
            return (long) method("jdk.internal.loader.NativeLibrary", "findEntry0", long.class, String.class).invoke(null, 0L, symbol);
        } catch (NoSuchMethodException e) {
            // Java 17 has the handle in an object.
            Class<?> library = Class.forName("jdk.internal.loader.NativeLibraries$NativeLibraryImpl");
            Constructor<?> constructor = library.getDeclaredConstructor(Class.class, String.class, boolean.class, boolean.class);
            constructor.setAccessible(true);
            Object all = constructor.newInstance(Variables.class, "all", false, false);
            return (long) method("jdk.internal.loader.NativeLibraries", "findEntry0", library, String.class).invoke(null, all, symbol);
        }
    }

    private static Method method(String type, String name, Class<?>... parameters) throws ReflectiveOperationException {
        Method method = Class.forName(type).getDeclaredMethod(name, parameters);
        method.setAccessible(true);
        return method;
    }

    /** Memory outside the heap. What is taken stays for the life of the process. */
    private static final class Memory {
        private static final String UNSAFE = "jdk.internal.misc.Unsafe";

        private final Object unsafe = method(UNSAFE, "getUnsafe").invoke(null);
        private final Method allocate = method(UNSAFE, "allocateMemory", long.class);
        private final Method putLong = method(UNSAFE, "putLong", long.class, long.class);
        private final Method putByte = method(UNSAFE, "putByte", long.class, byte.class);

        Memory() throws ReflectiveOperationException {
        }

        long allocate(long size) throws ReflectiveOperationException {
            return (long) allocate.invoke(unsafe, size);
        }

        void putLong(long at, long value) throws ReflectiveOperationException {
            putLong.invoke(unsafe, at, value);
        }

        long text(String text) throws ReflectiveOperationException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            long start = allocate(bytes.length + 1L);
            for (int i = 0; i <= bytes.length; i++) {
                putByte.invoke(unsafe, start + i, i < bytes.length ? bytes[i] : (byte) 0);
            }
            return start;
        }
    }
}
