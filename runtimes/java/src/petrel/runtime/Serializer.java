package petrel.runtime;

import com.amazonaws.services.lambda.runtime.CustomPojoSerializer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Type;
import java.net.URLClassLoader;
import java.util.ServiceLoader;
import petrel.runtime.json.Json;

/** Between JSON and values: the function's own serializer, or this program's. */
interface Serializer {
    Object read(byte[] event, Type type);

    void write(Object value, Type type, ByteArrayOutputStream output);

    static Serializer of(URLClassLoader loader) {
        if (loader.findResource("META-INF/services/" + CustomPojoSerializer.class.getName()) == null) {
            return OWN;
        }
        CustomPojoSerializer custom = ServiceLoader.load(CustomPojoSerializer.class, loader).findFirst().orElseThrow();
        return new Serializer() {
            @Override
            public Object read(byte[] event, Type type) {
                return custom.fromJson(new ByteArrayInputStream(event), type);
            }

            @Override
            public void write(Object value, Type type, ByteArrayOutputStream output) {
                custom.toJson(value, output, type);
            }
        };
    }

    Serializer OWN = new Serializer() {
        @Override
        public Object read(byte[] event, Type type) {
            return Json.read(event, type);
        }

        @Override
        public void write(Object value, Type type, ByteArrayOutputStream output) {
            output.writeBytes(Json.write(value));
        }
    };
}
