package hello;

/** Answers hello, and prints nothing. */
public final class Hello {
    public String handle(Object event) {
        return "Hello from Petrel";
    }
}
