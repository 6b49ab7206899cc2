using Petrel.Functions.Sandboxes.Limits;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>What is started in a sandbox.</summary>
/// <param name="Function">Null in a blank sandbox, which becomes a function's later.</param>
internal sealed record ProcessPlan(
    LaunchPlan Plan, IReadOnlyDictionary<string, string> Environment, FunctionSpec? Function, int MemoryMb, int EphemeralStorageMb)
{
    /// <summary>The smallest function's: what a waiting process uses beyond is looked at.</summary>
    private const long LeastMemoryBytes = 128 << 20;

    /// <summary>The kernel's own limit is out of the way: it can be lowered in one step, but not raised.</summary>
    private const long WideBytes = 1L << 40;

    /// <summary>The least that the kernel knows.</summary>
    private const int LeastWeight = 2;

    public static ProcessPlan Of(SandboxSpec spec) =>
        new(spec.Plan, spec.Plan.OwnEnvironment ? spec.Plan.Environment : spec.Environment, spec.Function, spec.Function.MemoryMb, spec.Function.EphemeralStorageMb);

    public static ProcessPlan Of(BlankSpec spec) => new(spec.Plan, spec.Environment, null, spec.MemoryMb, spec.EphemeralStorageMb);

    /// <summary>
    /// A blank sandbox gives way to everything else. Its alarm is set where the smallest function's would be, so that assignment need not wait
    /// for the kernel to set it.
    /// </summary>
    public ResourceLimits Limits(SandboxOptions options) => Function is { } function
        ? ResourceLimits.Of(function, options)
        : new ResourceLimits(LeastMemoryBytes, WideBytes, LeastWeight, options.ProcessLimit);
}
