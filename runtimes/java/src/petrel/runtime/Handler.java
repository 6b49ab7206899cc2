package petrel.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import java.io.ByteArrayOutputStream;

/** What answers an event, whatever the form of the function's own handler. */
interface Handler {
    void call(byte[] event, Context context, ByteArrayOutputStream answer) throws Throwable;

    /** A handler that cannot be called: the function's initialisation succeeds, its invocations fail, as on Lambda. */
    static Handler failing(Fault fault) {
        return (event, context, answer) -> {
            throw fault;
        };
    }
}
