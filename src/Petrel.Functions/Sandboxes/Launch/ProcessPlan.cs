using Petrel.Functions.Sandboxes.Limits;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>What is started in a sandbox.</summary>
/// <param name="Function">Null in a blank sandbox, which becomes a function's later.</param>
internal sealed record ProcessPlan(
    LaunchPlan Plan, IReadOnlyDictionary<string, string> Environment, FunctionSpec? Function, int MemoryMb, int EphemeralStorageMb)
{
    /// <summary>The smallest function's: what a waiting process uses beyond is looked at.</summary>
    private const long LeastMemoryBytes = 128 << 20;

    /// <summary>The least that the kernel knows.</summary>
    private const int LeastWeight = 2;

    public static ProcessPlan Of(SandboxSpec spec) =>
        new(spec.Plan, spec.Plan.OwnEnvironment ? spec.Plan.Environment : spec.Environment, spec.Function, spec.Function.MemoryMb, spec.Function.EphemeralStorageMb);

    public static ProcessPlan Of(BlankSpec spec) => new(spec.Plan, spec.Environment, null, spec.MemoryMb, spec.EphemeralStorageMb);

    /// <summary>
    /// A blank sandbox gives way to everything else. Else its limits are those of the function that it is likely to become, so that nothing changes
    /// then; but its alarm is where the smallest function's would be, because the kernel takes long to set it.
    /// </summary>
    public ResourceLimits Limits(SandboxOptions options)
    {
        if (Function is { } function)
        {
            return ResourceLimits.Of(function, options);
        }

        var likely = ResourceLimits.Of((long)MemoryMb << 20, (long)EphemeralStorageMb << 20, options);
        var least = Math.Min(likely.MemoryBytes, LeastMemoryBytes);
        return likely with { MemoryBytes = least, FileBytes = likely.FileBytes + likely.MemoryBytes - least, CpuWeight = LeastWeight };
    }
}
