// The shape of the interfaces that Java functions are compiled against; a function that brings the official ones gets these.
package com.amazonaws.services.lambda.runtime;

import java.util.Map;

/** What the calling application says of itself. */
public interface ClientContext {
    Client getClient();

    Map<String, String> getCustom();

    Map<String, String> getEnvironment();
}
