package petrel.runtime.json;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** From what the parser gives to the type that a handler takes. */
final class Reader {
    private Reader() {
    }

    static Object convert(Object value, Type type) {
        return convert(value, type, false);
    }

    private static Object convert(Object value, Type type, boolean inEvent) {
        Class<?> raw = Types.rawOf(type);
        if (raw == Object.class) {
            return natural(value);
        }
        if (raw == Optional.class) {
            return Optional.ofNullable(value == null ? null : convert(value, Types.argumentOf(type, Optional.class, 0), inEvent));
        }
        if (value == null) {
            return raw.isPrimitive() ? Array.get(Array.newInstance(raw, 1), 0) : null;
        }
        if (raw == Date.class && inEvent && value instanceof Number seconds) {
            return new Date((long) (seconds.doubleValue() * 1000));
        }
        Object scalar = Scalars.read(value, raw);
        if (scalar != null) {
            return scalar == Scalars.NOTHING ? null : scalar;
        }
        if (Map.class.isAssignableFrom(raw)) {
            return toMap(value, type, raw, inEvent);
        }
        if (Collection.class.isAssignableFrom(raw) || raw == Iterable.class) {
            return toCollection(value, type, raw, inEvent);
        }
        if (raw.isArray()) {
            return toArray(value, type, raw, inEvent);
        }
        return toBean(value, type, raw);
    }

    /** What stands for a value when nothing is known of its type: decimal numbers become doubles. */
    private static Object natural(Object value) {
        if (value instanceof Parser.Decimal decimal) {
            return decimal.doubleValue();
        }
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                replace(entry);
            }
        } else if (value instanceof List<?> list) {
            @SuppressWarnings("unchecked")
            List<Object> items = (List<Object>) list;
            items.replaceAll(Reader::natural);
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    private static void replace(Map.Entry<?, ?> entry) {
        ((Map.Entry<Object, Object>) entry).setValue(natural(entry.getValue()));
    }

    private static Map<Object, Object> toMap(Object value, Type type, Class<?> raw, boolean inEvent) {
        if (!(value instanceof Map<?, ?> object)) {
            throw mismatch(value, raw);
        }
        Type keys = Types.argumentOf(type, Map.class, 0);
        Type values = Types.argumentOf(type, Map.class, 1);
        Map<Object, Object> map = SortedMap.class.isAssignableFrom(raw) && raw.isInterface() ? new TreeMap<>()
                : raw.isAssignableFrom(LinkedHashMap.class) ? new LinkedHashMap<>() : cast(make(raw));
        object.forEach((name, member) -> map.put(convert(name, keys), convert(member, values, inEvent)));
        return map;
    }

    private static Collection<Object> toCollection(Object value, Type type, Class<?> raw, boolean inEvent) {
        Type items = Types.argumentOf(type, raw == Iterable.class ? Iterable.class : Collection.class, 0);
        Collection<Object> collection = raw.isAssignableFrom(ArrayList.class) ? new ArrayList<>()
                : SortedSet.class.isAssignableFrom(raw) && raw.isInterface() ? new TreeSet<>()
                : raw.isAssignableFrom(LinkedHashSet.class) ? new LinkedHashSet<>()
                : raw.isAssignableFrom(ArrayDeque.class) ? new ArrayDeque<>() : cast(make(raw));
        for (Object item : itemsOf(value)) {
            collection.add(convert(item, items, inEvent));
        }
        return collection;
    }

    private static Object toArray(Object value, Type type, Class<?> raw, boolean inEvent) {
        Type items = type instanceof GenericArrayType generic ? generic.getGenericComponentType() : raw.getComponentType();
        List<?> list = itemsOf(value);
        Object array = Array.newInstance(raw.getComponentType(), list.size());
        for (int i = 0; i < list.size(); i++) {
            Array.set(array, i, convert(list.get(i), items, inEvent));
        }
        return array;
    }

    /** One value where several are expected counts as a list of it. */
    private static List<?> itemsOf(Object value) {
        return value instanceof List<?> list ? list : List.of(value);
    }

    private static Object toBean(Object value, Type type, Class<?> raw) {
        Bean bean = Bean.of(raw);
        if (!(value instanceof Map<?, ?> object)) {
            if ("".equals(value)) {
                return null;
            }
            throw mismatch(value, raw);
        }
        Map<TypeVariable<?>, Type> bound = type instanceof ParameterizedType || raw.getGenericSuperclass() instanceof ParameterizedType ? Types.bindings(type) : Map.of();
        if (bean.components != null) {
            return toRecord(object, bean, bound);
        }
        Object made = make(raw);
        object.forEach((name, member) -> {
            Bean.Accessor setter = bean.setter((String) name);
            if (setter != null) {
                set(setter, made, convert(member, Types.bind(setter.type(), bound), bean.isEvent), (String) name);
            }
        });
        return made;
    }

    private static Object toRecord(Map<?, ?> object, Bean bean, Map<TypeVariable<?>, Type> bound) {
        Object[] arguments = new Object[bean.components.length];
        for (int i = 0; i < arguments.length; i++) {
            RecordComponent component = bean.components[i];
            arguments[i] = convert(object.get(component.getName()), Types.bind(component.getGenericType(), bound));
        }
        try {
            return bean.constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw new JsonException("Cannot construct " + bean.type.getName() + ": " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new JsonException("Cannot construct " + bean.type.getName(), e);
        }
    }

    private static void set(Bean.Accessor setter, Object on, Object value, String name) {
        try {
            setter.set(on, value);
        } catch (InvocationTargetException e) {
            throw new JsonException("Cannot set " + name + ": " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            throw new JsonException("Cannot set " + name, e);
        }
    }

    private static Object make(Class<?> raw) {
        Bean bean = Bean.of(raw);
        if (bean.constructor == null) {
            throw new JsonException("Cannot construct instance of `" + raw.getName() + "`: it is abstract, or has no constructor without parameters");
        }
        try {
            return bean.constructor.newInstance();
        } catch (InvocationTargetException e) {
            throw new JsonException("Cannot construct " + raw.getName() + ": " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new JsonException("Cannot construct " + raw.getName(), e);
        }
    }

    static JsonException mismatch(Object value, Class<?> type) {
        String kind = value instanceof Map ? "Object" : value instanceof List ? "Array" : value instanceof String ? "String" : value instanceof Number ? "Number" : "Boolean";
        return new JsonException("Cannot deserialize value of type `" + type.getName() + "` from " + kind + " value");
    }

    @SuppressWarnings("unchecked")
    private static <T> T cast(Object value) {
        return (T) value;
    }
}
