package petrel.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.net.URLClassLoader;
import petrel.runtime.json.Types;

/** From the handler's name to what can be called: package.Class, or package.Class::method. */
final class Handlers {
    private static final int BRIDGE = 100;

    private Handlers() {
    }

    /** Throws a Fault for a class that fails while it is loaded or made: then the initialisation fails. */
    static Handler load(String name, URLClassLoader loader) {
        int colons = name.lastIndexOf("::");
        String className = colons < 0 ? name : name.substring(0, colons);
        String method = colons < 0 ? null : name.substring(colons + 2);
        if (className.isEmpty() || method != null && method.isEmpty()) {
            return Handler.failing(new Fault("Invalid handler: `" + name + "'"));
        }
        Class<?> type;
        try {
            type = Class.forName(className, true, loader);
        } catch (ClassNotFoundException e) {
            return Handler.failing(new Fault("Class not found: " + className, e.getClass().getName(), Fault.traceOf(e), false));
        } catch (NoClassDefFoundError e) {
            return Handler.failing(Fault.ofLoading(e, className));
        } catch (Throwable e) {
            throw Fault.ofLoading(e, className);
        }
        try {
            return method == null ? ofInterface(type, loader) : ofMethod(type, method, loader);
        } catch (Fault e) {
            if (e.fatal) {
                throw e;
            }
            return Handler.failing(e);
        }
    }

    private static Handler ofInterface(Class<?> type, URLClassLoader loader) {
        if (RequestStreamHandler.class.isAssignableFrom(type)) {
            RequestStreamHandler handler = (RequestStreamHandler) make(type);
            return (event, context, answer) -> handler.handleRequest(new ByteArrayInputStream(event), answer, context);
        }
        if (!RequestHandler.class.isAssignableFrom(type)) {
            throw new Fault("Class does not implement an appropriate handler interface: " + type.getName());
        }
        Type[] arguments = Types.argumentsOf(type, RequestHandler.class);
        if (arguments == null) {
            throw new Fault("Class " + type.getName() + " does not implement RequestHandler with concrete type parameters");
        }
        for (Type argument : arguments) {
            if (argument instanceof TypeVariable<?> variable && Types.rawOf(variable) == Object.class) {
                throw new Fault("Class " + type.getName() + " does not implement RequestHandler with concrete type parameters: parameter "
                        + argument + " has no upper bound.");
            }
        }
        @SuppressWarnings("unchecked")
        RequestHandler<Object, Object> handler = (RequestHandler<Object, Object>) make(type);
        return new ValueHandler(arguments[0], arguments[1], Serializer.of(loader), handler::handleRequest);
    }

    private static Handler ofMethod(Class<?> type, String name, URLClassLoader loader) {
        Method[] methods;
        try {
            methods = type.getMethods();
        } catch (NoClassDefFoundError e) {
            throw new Fault("Error loading method " + name + " on class " + type.getName(), e.getClass().getName(), Fault.traceOf(e), false);
        }
        Method best = null;
        for (Method method : methods) {
            if (method.getName().equals(name) && isUsable(method.getParameterTypes()) && (best == null || weight(method) > weight(best))) {
                best = method;
            }
        }
        if (best == null) {
            throw new Fault("No public method named " + name + " with appropriate method signature found on class " + type.getName());
        }
        return ofMethod(type, best, loader);
    }

    // Real methods before the compiler's bridges; then the one with more parameters, where a context counts twice.
    private static int weight(Method method) {
        int parameters = method.getParameterCount() + (takesContext(method.getParameterTypes()) ? 1 : 0);
        return method.isBridge() ? parameters : parameters + BRIDGE;
    }

    private static boolean takesContext(Class<?>[] parameters) {
        return parameters.length > 0 && parameters[parameters.length - 1] == Context.class;
    }

    /** Any of (value or input stream), (output stream), (context), each at most once and in this order. */
    private static boolean isUsable(Class<?>[] parameters) {
        int count = takesContext(parameters) ? parameters.length - 1 : parameters.length;
        return switch (count) {
            case 0 -> true;
            case 1 -> parameters[0] != Context.class;
            case 2 -> parameters[0] == InputStream.class && parameters[1] == OutputStream.class;
            default -> false;
        };
    }

    private static Handler ofMethod(Class<?> type, Method method, URLClassLoader loader) {
        Object instance = Modifier.isStatic(method.getModifiers()) ? null : make(type);
        method.setAccessible(true); // The class may be visible to its package only.
        Class<?>[] parameters = method.getParameterTypes();
        boolean hasInput = parameters.length > 0 && parameters[0] == InputStream.class;
        boolean hasOutput = parameters.length > (hasInput ? 1 : 0) && parameters[hasInput ? 1 : 0] == OutputStream.class;
        if (hasInput || hasOutput) {
            return (event, context, answer) -> {
                Object[] arguments = new Object[parameters.length];
                for (int i = 0; i < arguments.length; i++) {
                    arguments[i] = parameters[i] == InputStream.class ? new ByteArrayInputStream(event) : parameters[i] == OutputStream.class ? answer : context;
                }
                invoke(method, instance, arguments);
            };
        }
        boolean hasContext = takesContext(parameters);
        boolean hasValue = parameters.length > (hasContext ? 1 : 0);
        Type input = hasValue ? method.getGenericParameterTypes()[0] : null;
        return new ValueHandler(input, method.getGenericReturnType(), Serializer.of(loader), (value, context) ->
                invoke(method, instance, hasValue ? hasContext ? new Object[] {value, context} : new Object[] {value}
                        : hasContext ? new Object[] {context} : new Object[0]));
    }

    private static Object invoke(Method method, Object instance, Object[] arguments) throws Throwable {
        try {
            return method.invoke(instance, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private static Object make(Class<?> type) {
        Constructor<?> constructor;
        try {
            constructor = type.getConstructor();
        } catch (NoSuchMethodException e) {
            boolean inner = type.getEnclosingClass() != null && !Modifier.isStatic(type.getModifiers());
            throw Fault.of(inner
                    ? new Exception("Class " + type.getName() + " cannot be instantiated because it is a non-static inner class")
                    : new Exception("Class " + type.getName() + " has no public zero-argument constructor", e), false);
        }
        try {
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (InvocationTargetException e) {
            throw Fault.of(e.getCause() == null ? e : e.getCause(), true);
        } catch (ReflectiveOperationException e) {
            throw Fault.of(e, false);
        }
    }

    /** What takes a value and gives one. */
    interface Call {
        Object with(Object input, Context context) throws Throwable;
    }

    private record ValueHandler(Type input, Type output, Serializer serializer, Call handler) implements Handler {
        @Override
        public void call(byte[] event, Context context, ByteArrayOutputStream answer) throws Throwable {
            Object value;
            try {
                value = input == null || input == Void.class ? null : serializer.read(event, input);
            } catch (Exception | StackOverflowError e) {
                throw new RuntimeException("An error occurred during JSON parsing", e);
            }
            Object result = handler.with(value, context);
            try {
                serializer.write(output == Void.class || output == void.class ? null : result, output, answer);
            } catch (Exception | StackOverflowError e) {
                throw new RuntimeException("An error occurred during JSON serialization of response", e);
            }
        }
    }
}
