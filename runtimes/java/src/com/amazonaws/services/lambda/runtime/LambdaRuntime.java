// The shape of the interfaces that Java functions are compiled against; a function that brings the official ones gets these.
package com.amazonaws.services.lambda.runtime;

/** The logger of the process, for code that has no context at hand. */
public final class LambdaRuntime {
    private static volatile LambdaLogger logger = new petrel.runtime.Logger();

    private LambdaRuntime() {
    }

    public static LambdaLogger getLogger() {
        return logger;
    }
}
