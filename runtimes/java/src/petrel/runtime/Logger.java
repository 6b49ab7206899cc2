package petrel.runtime;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import petrel.runtime.json.Json;

/** Writes events in Lambda's formats: what the function gives its logger, and its errors. */
public final class Logger implements LambdaLogger {
    private static final FileOutputStream OUTPUT = new FileOutputStream(FileDescriptor.out);

    private static volatile boolean json;
    private static volatile LogLevel threshold = LogLevel.UNDEFINED;
    static volatile String requestId;

    /** Reads what the environment asks for. */
    static void install() {
        json = "JSON".equalsIgnoreCase(System.getenv("AWS_LAMBDA_LOG_FORMAT"));
        String level = System.getenv("AWS_LAMBDA_LOG_LEVEL");
        try {
            threshold = level == null || level.isEmpty() ? LogLevel.UNDEFINED : LogLevel.fromString(level);
        } catch (IllegalArgumentException e) {
            threshold = LogLevel.UNDEFINED;
        }
    }

    /** An error that ends an invocation or the initialisation. */
    static void failure(Throwable error) {
        write(format(Errors.text(error), json ? LogLevel.ERROR : LogLevel.UNDEFINED));
    }

    @Override
    public void log(String message) {
        log(message, LogLevel.UNDEFINED);
    }

    @Override
    public void log(byte[] message) {
        log(message, LogLevel.UNDEFINED);
    }

    @Override
    public void log(String message, LogLevel level) {
        if (isLogged(level)) {
            write(format(message, level));
        }
    }

    /** Bytes are written as they are. */
    @Override
    public void log(byte[] message, LogLevel level) {
        if (isLogged(level)) {
            write(message.clone());
        }
    }

    private static boolean isLogged(LogLevel level) {
        return level == LogLevel.UNDEFINED || level.compareTo(threshold) >= 0;
    }

    private static byte[] format(String message, LogLevel level) {
        if (!json) {
            return (level == LogLevel.UNDEFINED ? String.valueOf(message) : "[" + level + "] " + message).getBytes(StandardCharsets.UTF_8);
        }
        Map<String, Object> event = new LinkedHashMap<>();
        String now = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
        event.put("timestamp", now.length() == 20 ? now.substring(0, 19) + ".000Z" : now);
        event.put("message", message);
        event.put("level", level);
        event.put("AWSRequestId", requestId);
        return Json.write(event);
    }

    // An event of several lines stays one event: inside it, NUL stands for a line end (docs/frames.md).
    private static void write(byte[] text) {
        int length = text.length;
        while (length > 0 && text[length - 1] == '\n') {
            length--;
        }
        byte[] line = new byte[length + 1];
        for (int i = 0; i < length; i++) {
            line[i] = text[i] == '\n' ? 0 : text[i];
        }
        line[length] = '\n';
        try {
            OUTPUT.write(line);
        } catch (IOException e) {
            return; // Nobody reads any more.
        }
    }
}
