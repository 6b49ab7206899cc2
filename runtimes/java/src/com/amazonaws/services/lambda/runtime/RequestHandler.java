// The shape of the interfaces that Java functions are compiled against; a function that brings the official ones gets these.
package com.amazonaws.services.lambda.runtime;

/** A handler whose event and answer are values. */
public interface RequestHandler<I, O> {
    O handleRequest(I input, Context context);
}
