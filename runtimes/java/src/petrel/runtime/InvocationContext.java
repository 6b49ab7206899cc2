package petrel.runtime;

import com.amazonaws.services.lambda.runtime.Client;
import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import petrel.runtime.json.Json;

/** The context object of a handler. */
final class InvocationContext implements Context {
    private final Settings settings;
    private final Map<?, ?> header;
    private final CognitoIdentity identity;
    private final ClientContext client;

    InvocationContext(Settings settings, Map<?, ?> header) {
        this.settings = settings;
        this.header = header;
        Map<?, ?> caller = parse("cognitoIdentity");
        identity = caller == null ? null : new Identity(text(caller, "cognitoIdentityId"), text(caller, "cognitoIdentityPoolId"));
        Map<?, ?> application = parse("clientContext");
        client = application == null ? null : new Application(application);
    }

    /** What the environment says of the function; read once. */
    record Settings(String logGroup, String logStream, String function, String version, int memoryMb) {
        static Settings read() {
            String memory = variable("FUNCTION_MEMORY_SIZE");
            return new Settings(variable("LOG_GROUP_NAME"), variable("LOG_STREAM_NAME"), variable("FUNCTION_NAME"), variable("FUNCTION_VERSION"),
                    memory == null ? 0 : Integer.parseInt(memory));
        }

        private static String variable(String name) {
            return System.getenv("AWS_LAMBDA_" + name);
        }
    }

    @Override
    public String getAwsRequestId() {
        return text(header, "requestId");
    }

    @Override
    public String getInvokedFunctionArn() {
        return text(header, "functionArn");
    }

    @Override
    public String getXrayTraceId() {
        return text(header, "traceId");
    }

    @Override
    public int getRemainingTimeInMillis() {
        long left = ((Number) header.get("deadlineMs")).longValue() - System.currentTimeMillis();
        return (int) Math.max(Math.min(left, Integer.MAX_VALUE), 0);
    }

    @Override
    public String getLogGroupName() {
        return settings.logGroup;
    }

    @Override
    public String getLogStreamName() {
        return settings.logStream;
    }

    @Override
    public String getFunctionName() {
        return settings.function;
    }

    @Override
    public String getFunctionVersion() {
        return settings.version;
    }

    @Override
    public int getMemoryLimitInMB() {
        return settings.memoryMb;
    }

    @Override
    public CognitoIdentity getIdentity() {
        return identity;
    }

    @Override
    public ClientContext getClientContext() {
        return client;
    }

    @Override
    public LambdaLogger getLogger() {
        return LambdaRuntime.getLogger();
    }

    private Map<?, ?> parse(String member) {
        String text = text(header, member);
        return text == null || text.isEmpty() ? null : Json.object(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Map<?, ?> object, String member) {
        Object value = object.get(member);
        return value == null ? null : value.toString();
    }

    private static Map<String, String> texts(Object object) {
        if (!(object instanceof Map<?, ?> map)) {
            return null;
        }
        Map<String, String> texts = new LinkedHashMap<>();
        map.forEach((name, value) -> texts.put(String.valueOf(name), value == null ? null : value.toString()));
        return texts;
    }

    private record Identity(String getIdentityId, String getIdentityPoolId) implements CognitoIdentity {
    }

    private record Application(Map<?, ?> values) implements ClientContext, Client {
        @Override
        public Client getClient() {
            return values.get("client") instanceof Map<?, ?> of ? new Application(of) : null;
        }

        @Override
        public Map<String, String> getCustom() {
            return texts(values.get("custom"));
        }

        @Override
        public Map<String, String> getEnvironment() {
            return texts(values.get("env"));
        }

        @Override
        public String getInstallationId() {
            return text(values, "installation_id");
        }

        @Override
        public String getAppTitle() {
            return text(values, "app_title");
        }

        @Override
        public String getAppVersionName() {
            return text(values, "app_version_name");
        }

        @Override
        public String getAppVersionCode() {
            return text(values, "app_version_code");
        }

        @Override
        public String getAppPackageName() {
            return text(values, "app_package_name");
        }
    }
}
