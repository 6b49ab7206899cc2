using System.ComponentModel;
using Petrel.Functions.Sandboxes.Limits;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>
/// Makes blank sandboxes functions'. An assignment: on the mounting thread 1 limits → 2 the network's policy → 3 code, layers and the size
/// of /tmp; then, on the caller's, 4 its identity at the platform and where its output goes.
/// </summary>
internal sealed class Assigner(SandboxOptions options, LayerMerge layers) : IDisposable
{
    private readonly LateMounts _mounts = new();

    public async Task AssignAsync(Sandbox sandbox, BlankSpec blank, int mountNamespace, BlankBindings bindings, SandboxAssignment assignment)
    {
        var function = assignment.Function;
        var merged = layers.Merge(function.LayerDirectories);
        long? tmpBytes = function.EphemeralStorageMb == blank.EphemeralStorageMb ? null : (long)function.EphemeralStorageMb << 20;
        try
        {
            await _mounts.ApplyAsync(mountNamespace, new LateFolders(function.CodeDirectory, merged, assignment.Modules), tmpBytes, () =>
                sandbox.Bound(ResourceLimits.Of(function, options), blank.Plan.Egress ?? function.Egress)); // 1, 2, 3
        }
        catch (Win32Exception e)
        {
            throw new FunctionStartException("ServiceException", $"The waiting sandbox could not become the function's: {e.Message}", e);
        }

        sandbox.InstanceId = assignment.InstanceId; // 4
        bindings.Door.Identity = SandboxIdentities.Of(assignment.InstanceId, function);
        sandbox.DrainOutput(); // what it printed before is not the function's
        bindings.Output.Become(assignment.Output);
    }

    public void Dispose() => _mounts.Dispose();
}

/// <summary>What of a blank sandbox changes when it becomes a function's.</summary>
internal sealed record BlankBindings(UnassignedOutput Output, PlatformDoor Door);
