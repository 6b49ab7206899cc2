package petrel.runtime;

import java.io.PrintWriter;
import java.io.StringWriter;

/** An error that the runtime itself finds: a class that is not there, a handler of the wrong form. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The name of the error's class; null when there is none. */
    final transient String type;
    final transient String trace;

    /** Whether the process ends with it. */
    final transient boolean fatal;

    Fault(String message, String type, String trace, boolean fatal) {
        super(message, null, false, false);
        this.type = type;
        this.trace = trace;
        this.fatal = fatal;
    }

    Fault(String message) {
        this(message, null, null, false);
    }

    /** What a constructor throws. */
    static Fault of(Throwable error, boolean fatal) {
        return new Fault(Errors.messageOf(error), error.getClass().getName(), traceOf(error), fatal);
    }

    static Fault ofLoading(Throwable error, String name) {
        String reason = error.getMessage() == null ? "" : ": " + error.getMessage();
        return new Fault("Error loading class " + name + reason, error.getClass().getName(), traceOf(error), true);
    }

    static String traceOf(Throwable error) {
        StringWriter text = new StringWriter();
        Errors.hideRuntime(error).printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
