package petrel.runtime;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import petrel.runtime.json.Json;

/**
 * Becomes a dummy function again and again and calls it: a process that waits in a pool has the time, and the archive of classes is made from
 * what this loads.
 */
final class Warm {
    private static final int FUNCTIONS = 30;
    private static final int CALLS = 20;
    private static final String[] HANDLERS = {"", "::map", "::text", "::bytes", "::missing"};

    private static final byte[] HEADER = bytes("""
            {"requestId":"","deadlineMs":0,"functionArn":"","clientContext":"{\\"custom\\":{\\"a\\":\\"b\\"},\\"env\\":{}}"}""");
    private static final byte[] OBJECT = bytes("""
            {"name":"é","list":[1,2.5,true,null],"map":{"a":"b"},"at":1700000000000,"number":1}""");
    private static final byte[] TEXT = bytes("\"\"");

    private Warm() {
    }

    static void run() throws Exception {
        new Channel(0); // Not used; what it consists of is loaded.
        Class.forName(Channel.Frame.class.getName());
        PrintStream out = System.out;
        for (int i = 0; i < FUNCTIONS; i++) {
            Variables.add(new HashMap<>(Map.of("TZ", "UTC")));
            Logger.install();
            try (FunctionLoader loader = new FunctionLoader(folder(), "/opt/java")) {
                exercise(Handlers.load("petrel.runtime.Dummy" + HANDLERS[i % HANDLERS.length], loader));
            }
            out.flush();
        }
        System.gc();
    }

    private static void exercise(Handler handler) {
        InvocationContext.Settings settings = InvocationContext.Settings.read();
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        for (int i = 0; i < CALLS; i++) {
            answer.reset();
            try {
                Map<?, ?> header = Json.object(HEADER);
                Main.begin(header);
                handler.call(i % 2 == 0 ? OBJECT : TEXT, new InvocationContext(settings, header), answer);
            } catch (Throwable e) {
                Json.write(Errors.body(Errors.hideRuntime(e)));
                Errors.text(e);
            }
        }
        Logger.requestId = null;
    }

    /** Beside this program. */
    private static String folder() {
        return new File(System.getProperty("java.class.path")).getParent() + "/warm";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
