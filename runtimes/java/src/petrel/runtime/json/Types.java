package petrel.runtime.json;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.Map;

/** What the arguments of generic types are. */
public final class Types {
    private Types() {
    }

    /** The arguments that a type gives to one of the generic types that it extends or implements; null when it gives none. */
    public static Type[] argumentsOf(Type type, Class<?> wanted) {
        Class<?> raw = rawOf(type);
        if (raw == wanted) {
            return type instanceof ParameterizedType parameterized ? parameterized.getActualTypeArguments() : null;
        }
        Map<TypeVariable<?>, Type> bound = bindings(type);
        for (Type parent : raw.getGenericInterfaces()) {
            if (wanted.isAssignableFrom(rawOf(parent))) {
                return argumentsOf(bind(parent, bound), wanted);
            }
        }
        Type parent = raw.getGenericSuperclass();
        return parent != null && wanted.isAssignableFrom(rawOf(parent)) ? argumentsOf(bind(parent, bound), wanted) : null;
    }

    /** One argument of a generic type, as a type to read values of. */
    static Type argumentOf(Type type, Class<?> wanted, int index) {
        Type[] arguments = wanted.isAssignableFrom(rawOf(type)) ? argumentsOf(type, wanted) : null;
        return arguments == null ? Object.class : arguments[index];
    }

    public static Class<?> rawOf(Type type) {
        if (type instanceof Class<?> plain) {
            return plain;
        }
        if (type instanceof ParameterizedType parameterized) {
            return (Class<?>) parameterized.getRawType();
        }
        if (type instanceof TypeVariable<?> variable) {
            return rawOf(variable.getBounds()[0]);
        }
        if (type instanceof WildcardType wildcard) {
            return rawOf(wildcard.getUpperBounds()[0]);
        }
        if (type instanceof GenericArrayType array) {
            return rawOf(array.getGenericComponentType()).arrayType();
        }
        return Object.class;
    }

    /** What the variables of a generic type stand for, those of its parents too. */
    static Map<TypeVariable<?>, Type> bindings(Type type) {
        Map<TypeVariable<?>, Type> bound = new HashMap<>();
        for (Type at = type; at != null && at != Object.class; at = rawOf(at).getGenericSuperclass()) {
            if (at instanceof ParameterizedType parameterized) {
                TypeVariable<?>[] variables = rawOf(at).getTypeParameters();
                Type[] arguments = parameterized.getActualTypeArguments();
                for (int i = 0; i < variables.length; i++) {
                    bound.put(variables[i], bind(arguments[i], bound));
                }
            }
        }
        return bound;
    }

    static Type bind(Type type, Map<TypeVariable<?>, Type> bound) {
        if (type instanceof TypeVariable<?> variable) {
            return bound.getOrDefault(variable, variable);
        }
        if (type instanceof WildcardType wildcard) {
            return bind(wildcard.getUpperBounds()[0], bound);
        }
        if (type instanceof ParameterizedType parameterized) {
            Type[] arguments = parameterized.getActualTypeArguments().clone();
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = bind(arguments[i], bound);
            }
            return new Bound(rawOf(type), arguments, parameterized.getOwnerType());
        }
        return type;
    }

    private record Bound(Class<?> raw, Type[] arguments, Type owner) implements ParameterizedType {
        @Override
        public Type[] getActualTypeArguments() {
            return arguments;
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public Type getOwnerType() {
            return owner;
        }
    }
}
