package functions;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.FileEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;

/** Handlers of every form. */
public class Handlers {
    private int calls;

    public String text(String event) { return event.toUpperCase(); }
    public int number(int event) { return event + 1; }
    public Integer boxed(Integer event) { return event; }
    public double decimal(double event) { return event; }
    public boolean flag(boolean event) { return !event; }
    public long sum(List<Long> event) { return event.stream().mapToLong(Long::longValue).sum(); }
    public int[] array(int[] event) { Arrays.sort(event); return event; }
    public Object anything(Object event) { return event; }
    public Order order(Order order, Context context) { return order; }
    public void nothing(String event) { }
    public String noInput() { return "no input"; }
    public String onlyContext(Context context) { return context.getFunctionName(); }
    public static String ofClass(String event) { return "static " + event; }
    public String overloaded(String event) { return "short"; }
    public String overloaded(String event, Context context) { return "long"; }
    public int count() { return calls++; }
    public String four(String a, String b, String c, String d) { return a; }
    public double notANumber() { return Double.NaN; }

    public void bytes(InputStream input, OutputStream output) throws IOException { input.transferTo(output); }
    public void bytesWithContext(InputStream input, OutputStream output, Context context) throws IOException {
        output.write(context.getFunctionName().getBytes());
        input.transferTo(output);
    }
    public void onlyOutput(OutputStream output) throws IOException { output.write('1'); }

    public Map<String, Object> context(Map<String, Object> event, Context context) {
        Map<String, Object> seen = new LinkedHashMap<>();
        seen.put("values", List.of(context.getAwsRequestId(), context.getFunctionName(), context.getFunctionVersion(), context.getInvokedFunctionArn(),
                String.valueOf(context.getMemoryLimitInMB()), context.getLogGroupName(), context.getLogStreamName(), System.getProperty("com.amazonaws.xray.traceHeader")));
        seen.put("custom", context.getClientContext().getCustom());
        seen.put("title", context.getClientContext().getClient().getAppTitle());
        seen.put("identity", context.getIdentity() == null);
        seen.put("remaining", context.getRemainingTimeInMillis());
        seen.put("logger", context.getLogger() == LambdaRuntime.getLogger());
        return seen;
    }

    public Object environment(Map<String, Object> event) throws Exception {
        Process process = new ProcessBuilder("/usr/bin/printenv", "X").start();
        return Arrays.asList(System.getenv("X"), System.getenv().containsKey("AWS_LAMBDA_FUNCTION_NAME"), TimeZone.getDefault().getID(),
                new String(process.getInputStream().readAllBytes()).trim(), Runtime.getRuntime().maxMemory() >> 20, System.getProperty("mark"));
    }

    public String fails(Map<String, Object> event) {
        throw new IllegalStateException("no", new IOException((String) null));
    }
    public String failsWithoutMessage(Map<String, Object> event) { throw new IllegalStateException(); }
    public Object circular() { List<Object> list = new ArrayList<>(); list.add(list); return list; }
    public String exits(Map<String, Object> event) { System.exit(9); return ""; }
    public String overflows(Map<String, Object> event) { return overflows(event) + 1; }
    public int fills(Map<String, Object> event) {
        List<byte[]> list = new ArrayList<>();
        while (true) { list.add(new byte[1 << 20]); }
    }
    public long makesGarbage(Map<String, Object> event) {
        long sum = 0;
        for (int i = 0; i < 4000; i++) { sum += new byte[1 << 18].length; }
        return sum;
    }
    public void interrupts() { Thread.currentThread().interrupt(); }
    public boolean isInterrupted() { return Thread.currentThread().isInterrupted(); }

    public int log(Map<String, Object> event, Context context) {
        context.getLogger().log("one\ntwo\n");
        context.getLogger().log("é", LogLevel.INFO);
        context.getLogger().log("careful", LogLevel.WARN);
        context.getLogger().log("bytes".getBytes());
        System.out.println("printed é");
        System.err.print("to the other");
        return 0;
    }
    public void prints() {
        for (int i = 0; i < 20000; i++) { System.out.println("x".repeat(100)); }
        System.out.print("y".repeat(1 << 20));
    }

    public List<String> queue(SQSEvent event) { return event.getRecords().stream().map(r -> r.getMessageId() + r.getEventSourceArn()).toList(); }
    public FileEvent file(FileEvent event) { return event; }

    public static class OrderHandler implements RequestHandler<Order, Map<String, Object>> {
        @Override
        public Map<String, Object> handleRequest(Order order, Context context) {
            Map<String, Object> seen = new LinkedHashMap<>();
            seen.put("customer", order.getCustomerName());
            seen.put("count", order.getPositions().get(0).count());
            seen.put("nothing", null);
            return seen;
        }
    }

    public abstract static class Base<T, R> implements RequestHandler<List<T>, R> { }

    public static class Inheriting extends Base<Order, Integer> {
        @Override
        public Integer handleRequest(List<Order> orders, Context context) { return orders.get(0).number; }
    }

    public static class Bytes implements RequestStreamHandler {
        @Override
        public void handleRequest(InputStream input, OutputStream output, Context context) throws IOException { input.transferTo(output); }
    }

    @SuppressWarnings("rawtypes")
    public static class Raw implements RequestHandler {
        @Override
        public Object handleRequest(Object event, Context context) { return event; }
    }

    public static class FailsToStart {
        public FailsToStart() { throw new IllegalStateException("no start"); }
        public int handle() { return 1; }
    }

    public static class FailsToLoad {
        static final int VALUE = Integer.parseInt("x");
        public int handle() { return VALUE; }
    }

    public static class NoConstructor {
        public NoConstructor(int value) { }
        public int handle() { return 1; }
    }

    public static class None { }
}
