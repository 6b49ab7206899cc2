package petrel.runtime;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Errors: what callers get, and what the log gets. */
final class Errors {
    private static final int MAX_CAUSES = 10;

    private Errors() {
    }

    static String messageOf(Throwable error) {
        String message = error.getLocalizedMessage();
        return message == null ? error.getClass().getName() : message;
    }

    /** The error body. */
    static Map<String, Object> body(Throwable error) {
        return body(error, 0);
    }

    private static Map<String, Object> body(Throwable error, int depth) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("errorMessage", messageOf(error));
        if (error instanceof Fault fault) {
            body.put("errorType", fault.type);
            return body;
        }
        body.put("errorType", error.getClass().getName());
        body.put("stackTrace", error.getStackTrace());
        if (error.getCause() != null && depth < MAX_CAUSES) {
            body.put("cause", body(error.getCause(), depth + 1));
        }
        return body;
    }

    /** The text of the log's event. */
    static String text(Throwable error) {
        String type = error instanceof Fault fault ? fault.type : error.getClass().getName();
        String trace = error instanceof Fault fault ? fault.trace : Fault.traceOf(error);
        return type == null && trace == null ? messageOf(error) : messageOf(error) + ": " + (type == null ? "" : type) + "\n" + (trace == null ? "" : trace);
    }

    /** After these nothing can be said of the state of the process. */
    static boolean endsProcess(Throwable error) {
        return error instanceof VirtualMachineError || error instanceof java.io.IOError || error instanceof Fault fault && fault.fatal;
    }

    /** Takes the frames of this program, and what called it, out of the traces of an error and its causes. */
    static <T extends Throwable> T hideRuntime(T error) {
        hideRuntime(error, Collections.newSetFromMap(new IdentityHashMap<>()));
        return error;
    }

    private static void hideRuntime(Throwable error, Set<Throwable> seen) {
        if (error == null || !seen.add(error)) {
            return;
        }
        StackTraceElement[] trace = error.getStackTrace();
        for (int i = 0; i < trace.length; i++) {
            if (trace[i].getClassName().startsWith("petrel.runtime.")) {
                int own = i;
                while (own > 0 && isReflection(trace[own - 1].getClassName())) {
                    own--;
                }
                StackTraceElement[] shown = new StackTraceElement[own];
                System.arraycopy(trace, 0, shown, 0, own);
                error.setStackTrace(shown);
                break;
            }
        }
        hideRuntime(error.getCause(), seen);
        for (Throwable suppressed : error.getSuppressed()) {
            hideRuntime(suppressed, seen);
        }
    }

    private static boolean isReflection(String name) {
        return name.startsWith("java.lang.reflect.") || name.startsWith("jdk.internal.reflect.") || name.startsWith("java.lang.invoke.");
    }
}
