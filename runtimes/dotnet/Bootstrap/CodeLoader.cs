using System.Reflection;
using System.Runtime.Loader;

namespace Petrel.Bootstrap;

/// <summary>Loads a function's assemblies from its folder: those that lie there, and those that its <c>deps.json</c> names.</summary>
internal sealed class CodeLoader(string folder, string mainAssembly)
{
    // Reads deps.json; needed only for packages that were not published flat.
    private readonly Lazy<AssemblyDependencyResolver?> _dependencies = new(() =>
        File.Exists(Path.Combine(folder, mainAssembly + ".deps.json")) ? new AssemblyDependencyResolver(Path.Combine(folder, mainAssembly + ".dll")) : null);

    public Assembly Load()
    {
        AssemblyLoadContext.Default.Resolving += (context, name) => Find(name) is { } path ? context.LoadFromAssemblyPath(path) : null;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) =>
            _dependencies.Value?.ResolveUnmanagedDllToPath(name) is { } path ? System.Runtime.InteropServices.NativeLibrary.Load(path) : 0;
        var main = Path.Combine(folder, mainAssembly + ".dll");
        if (!File.Exists(main))
        {
            throw new LambdaValidationException(
                $"Could not find the specified handler assembly with the file name '{mainAssembly}'. The assembly should be located in the root of your uploaded .zip file.");
        }

        try
        {
            return AssemblyLoadContext.Default.LoadFromAssemblyPath(main);
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException)
        {
            throw new LambdaValidationException($"Unable to load assembly '{mainAssembly}': {e.Message}");
        }
    }

    private string? Find(AssemblyName name)
    {
        var beside = Path.Combine(folder, name.Name + ".dll");
        return File.Exists(beside) ? beside : _dependencies.Value?.ResolveAssemblyToPath(name);
    }
}
