using Microsoft.Extensions.DependencyInjection;
using Petrel.Functions.Engine;
using Petrel.Functions.Instances;
using Petrel.Functions.Pools;
using Petrel.Functions.Prestart;
using Petrel.Functions.Sandboxes;
using Petrel.Functions.Sandboxes.Launch;

namespace Petrel.Functions;

/// <summary>
/// Registers the engine. The host registers what it stands on: <see cref="IFunctionLogs"/>, <see cref="IFunctionCredentials"/>,
/// <see cref="ISandboxConnections"/>, <see cref="Runtimes.IRuntimeProvider"/>, a clock and an id source.
/// </summary>
public static class FunctionsModule
{
    public static IServiceCollection AddPetrelFunctions(this IServiceCollection services, FleetOptions fleet, SandboxOptions sandboxes, PrestartOptions prestart) => services
        .AddMetrics()
        .AddSingleton(fleet)
        .AddSingleton(sandboxes)
        .AddSingleton(prestart)
        .AddSingleton<PrestartPools>()
        .AddSingleton<ForkServers>()
        .AddSingleton<SandboxLauncher>()
        .AddSingleton<ISandboxLauncher>(provider => provider.GetRequiredService<SandboxLauncher>())
        .AddSingleton<InstanceServices>()
        .AddSingleton<InstanceFactory>()
        .AddSingleton<FunctionMetrics>()
        .AddSingleton<FunctionEngine>()
        .AddSingleton<IFunctionEngine>(provider => provider.GetRequiredService<FunctionEngine>());

    /// <summary>What sandboxes of this machine enforce, found out as a daemon does when it starts; what was set up for it is taken back.</summary>
    public static SandboxCapabilities ExamineSandboxes(SandboxOptions options)
    {
        using var machine = Machine.Prepare(options, EtcFiles.NameServers());
        return machine.Capabilities;
    }
}
