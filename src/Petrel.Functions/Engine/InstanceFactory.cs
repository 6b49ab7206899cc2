using System.Runtime.InteropServices;
using Petrel.Functions.Instances;
using Petrel.Functions.Runtimes;
using Petrel.Storage;

namespace Petrel.Functions.Engine;

/// <summary>Makes instances: finds what their runtime runs on, and gives them their ids.</summary>
internal sealed class InstanceFactory(InstanceServices services, IRuntimeProvider runtimes, IIdSource ids)
{
    private static readonly string MachineArchitecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x86_64";

    public IReadOnlyList<WaitingRuntimes> WaitingRuntimes() => services.Prestart.Describe();

    /// <summary>Does what the runtime needs once for each version; from then on the version's first start is expected.</summary>
    public async Task PrepareAsync(FunctionSpec spec, CancellationToken cancellationToken)
    {
        if (spec.Image is null && spec.Architecture == MachineArchitecture
            && runtimes.Catalogue.Find(spec.Runtime) is { Available: true } runtime && runtimes.AdapterFor(runtime) is { } adapter)
        {
            await adapter.PrepareAsync(spec, runtime, cancellationToken);
            if ((adapter.PlanBlank(spec, runtime) ?? ReadyFor(spec, runtime, adapter)) is { } plan)
            {
                services.Prestart.Expect(plan, spec.MemoryMb);
            }
        }
    }

    /// <summary>The sandbox in which its process is started; null when there can be none, or its first start will say what is wrong with it.</summary>
    private BlankPlan? ReadyFor(FunctionSpec spec, RuntimeInfo runtime, IRuntimeAdapter adapter)
    {
        try
        {
            return services.Launcher.Capabilities.CanWait ? adapter.PlanReady(adapter.Plan(spec, runtime)) : null;
        }
        catch (FunctionStartException)
        {
            return null;
        }
    }

    /// <exception cref="FunctionStartException">Nothing on this machine runs it.</exception>
    public Instance Create(FunctionSpec spec, bool provisioned)
    {
        if (spec.Architecture != MachineArchitecture)
        {
            throw new FunctionStartException("InvalidRuntimeException", $"The function is built for {spec.Architecture}, this machine is {MachineArchitecture}");
        }

        var runtime = spec.Image is not null ? ImageSpec.RuntimeInfo : runtimes.Catalogue.Find(spec.Runtime)
            ?? throw new FunctionStartException("InvalidRuntimeException", $"{spec.Runtime} is not a runtime that this platform knows");
        if (!runtime.Available || runtimes.AdapterFor(runtime) is not { } adapter)
        {
            throw new FunctionStartException("InvalidRuntimeException", runtime.Problem ?? $"Nothing on this machine runs {spec.Runtime}");
        }

        return new Instance(services, new InstanceSeed(ids.NextGuid().ToString("N"), spec, runtime, adapter, provisioned));
    }
}
