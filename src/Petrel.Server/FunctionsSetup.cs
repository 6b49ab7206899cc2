using Microsoft.Extensions.DependencyInjection;
using Petrel.Functions;
using Petrel.Functions.Pools;
using Petrel.Functions.Prestart;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Sandboxes.Launch;
using Petrel.Server.Settings;

namespace Petrel.Server;

/// <summary>The engine, as the settings want it.</summary>
internal static class FunctionsSetup
{
    private const int BytesPerMb = 1024 * 1024;

    public static IServiceCollection AddFunctions(this IServiceCollection services, PetrelOptions options)
    {
        var state = Path.GetFullPath(Path.Combine(options.Storage.Data, "functions"));
        var fleet = new FleetOptions
        {
            MemoryBudgetMb = options.Functions.MemoryBudgetMb > 0 ? options.Functions.MemoryBudgetMb : ThreeQuartersOfTheMachineMb(),
            KeepAlive = TimeSpan.FromSeconds(options.Functions.KeepAliveSeconds),
        };
        var prestart = new PrestartOptions
        {
            MemoryMb = options.Functions.PrestartMemoryMb,
            CpuPercent = options.Functions.PrestartCpuPercent,
            Keep = fleet.KeepAlive,
            DemandFile = Path.Combine(state, "prestart.json"),
        };
        return services
            .AddRuntimes(new RuntimeOptions
            {
                Further = [Path.Combine(options.Storage.Data, "runtimes")],
                Compiled = Path.Combine(options.Storage.Data, "compiled"),
                StateDirectory = state,
                VersionCache = Path.Combine(options.Storage.Data, "runtimes.json"),
            })
            .AddPetrelFunctions(fleet, new SandboxOptions { StateDirectory = state, UsualEgress = UsualEgress(options) }, prestart);
    }

    private static FunctionEgress UsualEgress(PetrelOptions options) =>
        FunctionEgressNames.TryParse(options.Functions.Egress, out var egress) ? egress : FunctionEgress.None;

    private static int ThreeQuartersOfTheMachineMb() => (int)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3 / BytesPerMb);
}
