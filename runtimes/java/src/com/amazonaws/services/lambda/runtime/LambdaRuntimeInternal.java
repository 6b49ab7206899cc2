// The shape of the interfaces that Java functions are compiled against; a function that brings the official ones gets these.
package com.amazonaws.services.lambda.runtime;

/** Through this the Log4j appender of the official libraries asks for the request's id in its context. */
public final class LambdaRuntimeInternal {
    private static boolean useLog4jAppender;

    private LambdaRuntimeInternal() {
    }

    public static void setUseLog4jAppender(boolean use) {
        useLog4jAppender = use;
    }

    public static boolean getUseLog4jAppender() {
        return useLog4jAppender;
    }
}
