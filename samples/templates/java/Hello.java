import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;

/** A function with a URL: GET / answers a greeting, GET /?name=Ada another. Invoked directly, the event itself has the name. */
public class Hello implements RequestHandler<Map<String, Object>, Map<String, Object>> {
    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
        Map<?, ?> parameters = event.get("queryStringParameters") instanceof Map<?, ?> query ? query : event;
        Object name = parameters.containsKey("name") ? parameters.get("name") : "world";
        context.getLogger().log("greeting " + name + ", " + context.getRemainingTimeInMillis() + " ms left");
        return Map.of(
                "statusCode", 200,
                "headers", Map.of("content-type", "text/plain; charset=utf-8"),
                "body", "Hello, " + name + ", from Java " + System.getProperty("java.version"));
    }
}
