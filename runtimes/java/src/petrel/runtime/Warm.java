package petrel.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaRuntimeInternal;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Date;
import java.util.List;
import java.util.Map;
import petrel.runtime.json.Json;

/** Runs each path of an invocation once: a process that waits in a pool has the time, and the archive of classes is made from it. */
final class Warm {
    private static final int TIMES = 50;

    private Warm() {
    }

    static void run() throws Exception {
        Map<?, ?> header = Json.object("""
                {"requestId":"","deadlineMs":0,"functionArn":"","clientContext":"{\\"custom\\":{\\"a\\":\\"b\\"},\\"env\\":{}}"}""".getBytes());
        byte[] event = """
                {"name":"é","list":[1,2.5,true,null],"map":{"a":"b"},"at":1700000000000}""".getBytes();
        try (URLClassLoader jar = new URLClassLoader(new URL[] {Warm.class.getProtectionDomain().getCodeSource().getLocation()}, Isolated.PARENT)) {
            Handler[] handlers = {
                Handlers.load(Dummy.class.getName(), jar),
                Handlers.load(Dummy.class.getName() + "::map", jar),
                Handlers.load(Dummy.class.getName() + "::text", jar),
            };
            InvocationContext.Settings settings = InvocationContext.Settings.read();
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            for (int i = 0; i < TIMES; i++) {
                for (Handler handler : handlers) {
                    answer.reset();
                    try {
                        handler.call(handler == handlers[2] ? "\"x\"".getBytes() : event, new InvocationContext(settings, header), answer);
                    } catch (Throwable e) {
                        Json.write(Errors.body(Errors.hideRuntime(e)));
                        Fault.traceOf(e);
                    }
                }
            }
        }
        try (FunctionLoader loader = new FunctionLoader(System.getProperty("java.home"), "/opt/java")) {
            loader.getResource("nothing"); // What looks into folders is loaded with the first look.
            Handlers.load("nothing", loader);
        }
        Variables.add(Map.of("TZ", "UTC"));
        Logger.install();
        new Channel(0);
        Class.forName(Channel.Frame.class.getName());
        LambdaRuntimeInternal.getUseLog4jAppender();
        System.out.print("");
        System.gc();
    }

    /** Loads the dummy anew, as a function's class is loaded, but shares the interfaces with this program. */
    private static final class Isolated extends ClassLoader {
        static final Isolated PARENT = new Isolated();

        private Isolated() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith(Dummy.class.getName())) {
                throw new ClassNotFoundException(name);
            }
            return ClassLoader.getSystemClassLoader().loadClass(name);
        }
    }

    /** Every kind of handler and value. */
    public static final class Dummy implements RequestHandler<Dummy.Event, Dummy.Event> {
        /** An event with bean members of the usual types. */
        public static final class Event {
            private String name;
            private List<Object> list;
            private Map<String, String> map;
            private Date at;
            public int number;

            public String getName() {
                return name;
            }

            public void setName(String name) {
                this.name = name;
            }

            public List<Object> getList() {
                return list;
            }

            public void setList(List<Object> list) {
                this.list = list;
            }

            public Map<String, String> getMap() {
                return map;
            }

            public void setMap(Map<String, String> map) {
                this.map = map;
            }

            public Date getAt() {
                return at;
            }

            public void setAt(Date at) {
                this.at = at;
            }
        }

        @Override
        public Event handleRequest(Event event, Context context) {
            return event;
        }

        public Map<String, Object> map(Map<String, Object> event, Context context) {
            return event;
        }

        public String text(String event) {
            if (event.isEmpty()) {
                throw new IllegalStateException(event);
            }
            return event;
        }
    }
}
