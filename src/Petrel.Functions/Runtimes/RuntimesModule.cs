using Microsoft.Extensions.DependencyInjection;
using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Runtimes.Modules;
using Petrel.Functions.Runtimes.Wasm;

namespace Petrel.Functions.Runtimes;

/// <summary>The runtimes: bootstraps, adapters, catalogue.</summary>
public static class RuntimesModule
{
    public static IServiceCollection AddRuntimes(this IServiceCollection services, RuntimeOptions options) => services
        .AddSingleton(options)
        .AddSingleton<RuntimeApiServer>()
        .AddSingleton<WasmModules>()
        .AddSingleton<ModuleCaches>()
        .AddSingleton<IRuntimeProvider, RuntimeProvider>();

    /// <summary>Looks at the machine without a daemon; asks every program that is found for its version.</summary>
    public static RuntimeCatalogue Discover(RuntimeOptions options) => RuntimeProvider.Discover(options);
}
