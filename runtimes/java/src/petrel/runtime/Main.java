package petrel.runtime;

import com.amazonaws.services.lambda.runtime.LambdaRuntimeInternal;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import petrel.runtime.json.Json;

/** Runs a Java function: loads its handler, then answers one event after another (docs/frames.md). */
public final class Main {
    private static final int KEPT = 64 * 1024;
    private static final String TRACE_HEADER = "com.amazonaws.xray.traceHeader"; // Where AWS's tracing libraries look.
    private static final String[] LOG4J_CONTEXTS = {"org.apache.log4j.MDC", "org.apache.logging.log4j.ThreadContext"};

    private Main() {
    }

    public static void main(String[] arguments) throws Exception {
        takeConsole();
        if (arguments.length > 0 && arguments[0].equals("--train")) {
            Warm.run(); // The archive of classes is made from what this loads.
            return;
        }
        Channel channel = new Channel(Integer.parseInt(System.getenv("PETREL_FD")));
        if ("1".equals(System.getenv("PETREL_WARM"))) {
            Warm.run();
            channel.write(Channel.WAITING, new byte[0]);
        }
        Channel.Frame frame = channel.read();
        if (frame.kind() != Channel.INIT) {
            throw new IllegalStateException("expected an Init frame, got " + frame.kind());
        }
        Map<?, ?> init = Json.object(Channel.slice(frame.bytes(), frame.start(), frame.end()));
        Handler handler = load(init, channel);
        channel.write(Channel.READY, new byte[0]);
        serve(channel, handler);
    }

    private static Handler load(Map<?, ?> init, Channel channel) throws IOException {
        try {
            Map<String, String> variables = new LinkedHashMap<>();
            for (Map.Entry<?, ?> variable : ((Map<?, ?>) init.get("env")).entrySet()) {
                variables.put((String) variable.getKey(), (String) variable.getValue());
            }
            if (!variables.isEmpty()) {
                Variables.add(variables);
            }
            Logger.install();
            FunctionLoader loader = new FunctionLoader((String) init.get("taskRoot"), "/opt/java");
            Thread.currentThread().setContextClassLoader(loader);
            return Handlers.load((String) init.get("handler"), loader);
        } catch (Throwable e) {
            end(channel, Channel.INIT_ERROR, e);
            throw new AssertionError(e);
        }
    }

    private static void serve(Channel channel, Handler handler) throws IOException {
        InvocationContext.Settings settings = InvocationContext.Settings.read();
        ByteArrayOutputStream answer = new Answer();
        while (true) {
            Channel.Frame frame = channel.read();
            int event = frame.start() + 4 + Channel.littleEndian(frame.bytes(), frame.start());
            Map<?, ?> header = Json.object(Channel.slice(frame.bytes(), frame.start() + 4, event));
            byte[] payload = Channel.slice(frame.bytes(), event, frame.end());
            begin(header);
            answer.reset();
            try {
                handler.call(payload, new InvocationContext(settings, header), answer);
            } catch (Throwable e) {
                fail(channel, e);
                continue;
            }
            System.out.flush();
            System.err.flush();
            ((Answer) answer).send(channel);
            Thread.interrupted(); // What the function left behind does not hit the next invocation.
        }
    }

    static void begin(Map<?, ?> header) {
        String requestId = (String) header.get("requestId");
        Logger.requestId = requestId;
        Object trace = header.get("traceId");
        if (trace != null) {
            System.setProperty(TRACE_HEADER, (String) trace);
        } else {
            System.clearProperty(TRACE_HEADER);
        }
        if (LambdaRuntimeInternal.getUseLog4jAppender()) {
            putIntoLog4j(requestId);
        }
    }

    private static void putIntoLog4j(String requestId) {
        for (String name : LOG4J_CONTEXTS) {
            try {
                Class<?> context = Class.forName(name, true, Thread.currentThread().getContextClassLoader());
                context.getMethod("put", String.class, name.endsWith("MDC") ? Object.class : String.class).invoke(null, "AWSRequestId", requestId);
            } catch (ReflectiveOperationException | LinkageError e) {
                continue; // The function brings the other one.
            }
        }
    }

    private static void fail(Channel channel, Throwable error) throws IOException {
        if (Errors.endsProcess(error)) {
            end(channel, Channel.FATAL, error);
        }
        report(channel, Channel.ERROR, error);
    }

    private static void end(Channel channel, int kind, Throwable error) throws IOException {
        report(channel, kind, error);
        Runtime.getRuntime().halt(1);
    }

    private static void report(Channel channel, int kind, Throwable error) throws IOException {
        Errors.hideRuntime(error);
        Logger.failure(error);
        System.out.flush();
        System.err.flush();
        channel.write(kind, Json.write(Errors.body(error)));
    }

    // UTF-8 whatever the locale, and nothing held back: a process that is killed has said all that it printed.
    private static void takeConsole() {
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), false, StandardCharsets.UTF_8));
    }

    /** Takes an answer; what a long one needed is given back with the next. */
    private static final class Answer extends ByteArrayOutputStream {
        @Override
        public synchronized void reset() {
            super.reset();
            if (buf.length > KEPT) {
                buf = new byte[1024];
            }
        }

        void send(Channel channel) throws IOException {
            channel.write(Channel.RESPONSE, buf, count);
        }
    }
}
