using Petrel.Functions.Prestart;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Instances;

/// <summary>
/// The starts of one instance that need a sandbox that waits, but no runtime in it: its own program starts there, or its function's fork
/// server bears its process into it.
/// </summary>
internal sealed class ReadySandboxes(InstanceServices services, InstanceSeed seed, LaunchPlan plan, ISandboxOutput output, StartLaps laps)
{
    /// <returns>Null when there is nothing to gain: no sandbox waits, and no fork server is up.</returns>
    public async Task<ReadyProcess?> TryStartAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        if (!services.Launcher.Capabilities.CanWait || seed.Adapter.PlanReady(plan) is not { } ready)
        {
            return null;
        }

        var fork = services.Forks.Missed(seed);
        var sandbox = await TakeAsync(ready);
        if (fork is null)
        {
            return sandbox is null ? null : await BecomeAsync(sandbox, environment, cancellationToken);
        }

        using (fork)
        {
            sandbox ??= await LaunchAsync(ready, cancellationToken);
            try
            {
                await fork.Server.BearAsync(sandbox, cancellationToken);
                laps.End("fork");
                laps.Kind = StartKind.Forked;
                fork.Keep(sandbox.Exited);
                return new ReadyProcess(sandbox, StartedBefore: true);
            }
            catch (FunctionStartException)
            {
                return await BecomeAsync(sandbox, environment, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                await sandbox.DisposeAsync();
                throw;
            }
        }
    }

    private async Task<ISandbox?> TakeAsync(BlankPlan ready)
    {
        while (services.Prestart.Take(ready, seed.Spec.MemoryMb) is { } waiting)
        {
            laps.End("take");
            if (await RuntimeProcess.AssignAsync(waiting, seed, plan, output, laps) is { } assigned)
            {
                laps.End("mount");
                return assigned;
            }
        }

        return null;
    }

    /// <summary>Makes one when none waits: with its fork server up, the sandbox is most of what a start costs.</summary>
    private async Task<ISandbox> LaunchAsync(BlankPlan ready, CancellationToken cancellationToken)
    {
        var sandbox = await services.Launcher.LaunchAsync(
            new SandboxSpec
            {
                InstanceId = seed.Id,
                Function = seed.Spec,
                Plan = ready.Launch with { Modules = plan.Modules },
                Environment = System.Collections.Frozen.FrozenDictionary<string, string>.Empty,
                Output = output,
                Laps = laps,
            },
            cancellationToken);
        try
        {
            return await WaitingProcess.IsWaitingAsync(sandbox.Frames!, cancellationToken)
                ? sandbox
                : throw new FunctionStartException("ServiceException", "The sandbox ended before anything ran in it");
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    private async Task<ReadyProcess> BecomeAsync(ISandbox sandbox, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        try
        {
            await Become.SendAsync(sandbox.Frames!, plan, environment, cancellationToken);
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }

        if (!plan.FrameChannel)
        {
            sandbox.DropFrames();
        }

        laps.Kind = StartKind.InReadySandbox;
        return new ReadyProcess(sandbox, StartedBefore: false);
    }
}

/// <param name="StartedBefore">The process lacks its function's variables.</param>
internal sealed record ReadyProcess(ISandbox Sandbox, bool StartedBefore);
