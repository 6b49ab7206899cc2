package petrel.runtime;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The function's classes: those at the root of its package, the jars in its lib folder, the jars of its layers. */
final class FunctionLoader extends URLClassLoader {
    static {
        registerAsParallelCapable();
    }

    FunctionLoader(String taskRoot, String layers) throws MalformedURLException {
        // The interfaces of the runtime are this program's, also when the function brings them.
        super(urls(taskRoot, layers), ClassLoader.getSystemClassLoader());
    }

    private static URL[] urls(String taskRoot, String layers) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        urls.add(new URL("file", null, taskRoot + "/"));
        addJars(taskRoot + "/lib", urls);
        addJars(layers + "/lib", urls);
        return urls.toArray(new URL[0]);
    }

    private static void addJars(String folder, List<URL> urls) throws MalformedURLException {
        String[] names = new File(folder).list((in, name) -> name.endsWith(".jar"));
        if (names == null) {
            return;
        }
        Arrays.sort(names);
        for (String name : names) {
            urls.add(new URL("file", null, folder + "/" + name));
        }
    }
}
