package petrel.runtime.json;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The members of a class that JSON sees: what its getters and setters are named after, and its public fields. */
final class Bean {
    private static final ClassValue<Bean> CACHE = new ClassValue<>() {
        @Override
        protected Bean computeValue(Class<?> type) {
            return new Bean(type);
        }
    };

    /**
     * AWS's classes of events. Their members are not named exactly as JSON names them (getRecords is Records), times are seconds with a
     * fraction, and some have no setters.
     */
    private static final String EVENTS = "com.amazonaws.services.";

    private static final Method[] NONE = {};

    final Class<?> type;
    final boolean isEvent;
    final Constructor<?> constructor;
    final RecordComponent[] components;
    private final Map<String, Accessor> getters;
    private final Map<String, Accessor> setters = new HashMap<>();

    private Bean(Class<?> type) {
        this.type = type;
        isEvent = type.getName().startsWith(EVENTS);
        components = type.getRecordComponents();
        constructor = isAbstract(type) ? null : components == null ? emptyConstructor(type) : recordConstructor(type, components);
        getters = gather();
    }

    static Bean of(Class<?> type) {
        return CACHE.get(type);
    }

    Iterable<Map.Entry<String, Accessor>> getters() {
        return getters.entrySet();
    }

    /** Null for a name that the class has no member for. */
    Accessor setter(String name) {
        return setters.get(isEvent ? loose(name) : name);
    }

    /** Reads or writes one member. */
    record Accessor(Member member, Type type) {
        Object get(Object from) throws ReflectiveOperationException {
            return member instanceof Method method ? method.invoke(from) : ((Field) member).get(from);
        }

        void set(Object on, Object value) throws ReflectiveOperationException {
            if (member instanceof Method method) {
                method.invoke(on, value);
            } else {
                ((Field) member).set(on, value);
            }
        }
    }

    // Members are written in the order of the fields that they are kept in.
    private Map<String, Accessor> gather() {
        Map<String, Accessor> found = new LinkedHashMap<>();
        List<Class<?>> lineage = new ArrayList<>();
        for (Class<?> at = type; at != null && at != Object.class && at != Record.class; at = at.getSuperclass()) {
            lineage.add(0, at);
        }
        Map<String, Field> fields = new LinkedHashMap<>();
        for (Class<?> at : lineage) {
            for (Field field : at.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
                    fields.put(field.getName(), field);
                    found.put(field.getName(), null);
                    addField(field, found);
                }
            }
        }
        if (components != null) {
            for (RecordComponent component : components) {
                found.put(component.getName(), accessor(component.getAccessor(), component.getGenericType()));
            }
        } else {
            for (Method method : type.getMethods()) {
                addMethod(method, fields, found);
            }
            // A parent that its package alone sees has its methods hidden behind the compiler's bridges.
            for (Class<?> at : lineage) {
                for (Method method : Modifier.isPublic(at.getModifiers()) ? NONE : at.getDeclaredMethods()) {
                    addMethod(method, fields, found);
                }
            }
        }
        found.values().removeIf(accessor -> accessor == null);
        return found;
    }

    private void addField(Field field, Map<String, Accessor> found) {
        boolean open = Modifier.isPublic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers());
        if (open) {
            found.put(field.getName(), accessor(field, field.getGenericType()));
        }
        if (open && !Modifier.isFinal(field.getModifiers()) || isEvent) {
            setters.put(isEvent ? loose(field.getName()) : field.getName(), accessor(field, field.getGenericType()));
        }
    }

    private void addMethod(Method method, Map<String, Field> fields, Map<String, Accessor> found) {
        String name = method.getName();
        if (!Modifier.isPublic(method.getModifiers()) || Modifier.isStatic(method.getModifiers()) || method.isBridge() || method.getDeclaringClass() == Object.class) {
            return;
        }
        if (method.getParameterCount() == 1 && name.length() > 3 && name.startsWith("set")) {
            String member = decapitalize(name.substring(3));
            setters.put(isEvent ? loose(member) : member, accessor(method, method.getGenericParameterTypes()[0]));
        } else if (method.getParameterCount() == 0 && method.getReturnType() != void.class) {
            boolean isFlag = method.getReturnType() == boolean.class || method.getReturnType() == Boolean.class;
            if (name.length() > 3 && name.startsWith("get")) {
                found.put(decapitalize(name.substring(3)), accessor(method, method.getGenericReturnType()));
            } else if (name.length() > 2 && name.startsWith("is") && isFlag) {
                String member = isEvent && fields.containsKey(name) ? name : decapitalize(name.substring(2));
                if (found.get(member) == null || !(found.get(member).member() instanceof Method)) {
                    found.put(member, accessor(method, method.getGenericReturnType()));
                }
            }
        }
    }

    private static Accessor accessor(AccessibleObject member, Type type) {
        member.trySetAccessible(); // Of a class that its package alone sees, or a hidden field.
        return new Accessor((Member) member, type);
    }

    /** As the JavaBeans specification has it: URL stays URL. */
    private static String decapitalize(String name) {
        return name.length() > 1 && Character.isUpperCase(name.charAt(0)) && Character.isUpperCase(name.charAt(1))
                ? name
                : Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    private static String loose(String name) {
        return name.replace("-", "").replace("_", "").replace(":", "").toLowerCase(Locale.ROOT);
    }

    private static boolean isAbstract(Class<?> type) {
        return type.isInterface() || Modifier.isAbstract(type.getModifiers());
    }

    private static Constructor<?> recordConstructor(Class<?> type, RecordComponent[] components) {
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < types.length; i++) {
            types[i] = components[i].getType();
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.trySetAccessible();
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    private Constructor<?> emptyConstructor(Class<?> type) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            return constructor.trySetAccessible() ? constructor : null;
        } catch (NoSuchMethodException e) {
            return isEvent ? withoutConstructor(type) : null;
        }
    }

    // Events of objects in buckets have constructors with all members only, and final fields.
    private static Constructor<?> withoutConstructor(Class<?> type) {
        try {
            return sun.reflect.ReflectionFactory.getReflectionFactory().newConstructorForSerialization(type, Object.class.getConstructor());
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }
}
