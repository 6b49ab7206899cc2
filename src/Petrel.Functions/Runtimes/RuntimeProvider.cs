using Petrel.Functions.Runtimes.Adapters;
using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Runtimes.Catalogue;
using Petrel.Functions.Runtimes.Http;
using Petrel.Functions.Runtimes.Modules;
using Petrel.Functions.Runtimes.Wasm;

namespace Petrel.Functions.Runtimes;

/// <summary>The runtimes of this machine. They are looked for when they are first needed, not while the daemon starts.</summary>
internal sealed class RuntimeProvider(RuntimeOptions options, RuntimeApiServer api, WasmModules modules, ModuleCaches caches, TimeProvider? time = null) : IRuntimeProvider
{
    private readonly Lazy<RuntimeCatalogue> _catalogue = new(() => Discover(options));

    private readonly IRuntimeAdapter[] _adapters =
    [
        new NodeAdapter(options, api, caches),
        new PythonAdapter(options, api, caches),
        new DotnetAdapter(options, api),
        new JavaAdapter(options, api),
        new RubyAdapter(options, api),
        new ProvidedAdapter(api),
        new WasmAdapter(options, modules),
        new ImageAdapter(api),
        new HttpAdapter(options, time ?? TimeProvider.System),
    ];

    public RuntimeCatalogue Catalogue => _catalogue.Value;

    public IRuntimeAdapter? AdapterFor(RuntimeInfo runtime) => runtime.Available ? Array.Find(_adapters, a => a.Runs(runtime)) : null;

    internal static RuntimeCatalogue Discover(RuntimeOptions options)
    {
        var versions = new ProgramVersions(options.VersionCache);
        var catalogue = CatalogueBuilder.Build(new ProgramFinder(options, versions).Find(), options.Further is [var first, ..] ? Path.GetFullPath(first) : "DATA/runtimes");
        versions.Save();
        return catalogue;
    }
}
