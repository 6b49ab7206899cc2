// The shape of the interfaces that Java functions are compiled against; a function that brings the official ones gets these.
package com.amazonaws.services.lambda.runtime.logging;

/** The form of events in the log. */
public enum LogFormat {
    JSON,
    TEXT;

    public static LogFormat fromString(String logFormat) {
        try {
            return valueOf(logFormat.toUpperCase());
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("Invalid log format: '" + logFormat + "' expected one of [JSON, TEXT]");
        }
    }
}
