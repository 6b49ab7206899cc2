using Petrel.Functions.Runtimes;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Instances;

/// <summary>A sandbox and the conversation with the runtime in it.</summary>
internal sealed class RuntimeProcess(ISandbox sandbox, IRuntimeSession session) : IAsyncDisposable
{
    /// <summary>How long a process that broke its conversation may take to end by itself, so that its own exit code is what is told.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);

    private long _peakMemoryBytes;

    public ISandbox Sandbox => sandbox;

    public IRuntimeSession Session => session;

    public long PeakMemoryBytes => _peakMemoryBytes = Math.Max(_peakMemoryBytes, sandbox.PeakMemoryBytes);

    /// <summary>Gives the function a process that waits for one, if there is one that it can use, or starts one.</summary>
    public static async Task<RuntimeProcess> StartAsync(
        InstanceServices services, InstanceSeed seed, Func<LaunchPlan, ValueTask<IReadOnlyDictionary<string, string>>> environmentOf, ISandboxOutput output,
        StartLaps laps, CancellationToken cancellationToken)
    {
        var plan = seed.Adapter.Plan(seed.Spec, seed.Runtime);
        var blank = seed.Provisioned ? null : seed.Adapter.PlanBlank(seed.Spec, seed.Runtime);
        while (blank is not null && services.Prestart.Take(blank, seed.Spec.MemoryMb) is { } waiting)
        {
            laps.End("take");
            var assigning = AssignAsync(waiting, seed, plan, output, laps);
            var late = await EnvironmentAsync(environmentOf, plan, assigning); // while code is mounted
            laps.End("credentials");
            if (await Brief.WaitAsync(assigning) is { } assigned)
            {
                laps.End("mount");
                laps.Kind = StartKind.PreStarted;
                return Attach(assigned, seed, FunctionEnvironment.Late(late, blank.Launch), startedBefore: true);
            }
        }

        var environment = await environmentOf(plan);
        laps.End("credentials");
        laps.Why ??= seed.Provisioned ? "provisioned instances are started for their function"
            : blank is null ? "its runtime or configuration does not allow to start it ahead"
            : services.Prestart.Enabled ? "no runtime of its kind was waiting"
            : "nothing is started ahead on this machine";
        if (!seed.Provisioned
            && await new ReadySandboxes(services, seed, plan, output, laps).TryStartAsync(environment, cancellationToken) is { } ready)
        {
            return Attach(ready.Sandbox, seed, environment, ready.StartedBefore);
        }

        var spec = new SandboxSpec { InstanceId = seed.Id, Function = seed.Adapter.InSandbox(seed.Spec), Plan = plan, Environment = environment, Output = output, Laps = laps };
        var sandbox = await services.Launcher.LaunchAsync(spec, cancellationToken);
        return Attach(sandbox, seed, environment, startedBefore: false);
    }

    private static async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(
        Func<LaunchPlan, ValueTask<IReadOnlyDictionary<string, string>>> environmentOf, LaunchPlan plan, Task<ISandbox?> assigning)
    {
        try
        {
            return await environmentOf(plan);
        }
        catch
        {
            if (await assigning is { } assigned)
            {
                await assigned.DisposeAsync();
            }

            throw;
        }
    }

    private static RuntimeProcess Attach(ISandbox sandbox, InstanceSeed seed, IReadOnlyDictionary<string, string> environment, bool startedBefore) =>
        new(sandbox, seed.Adapter.Attach(sandbox, new RuntimeAssignment(seed.Spec, seed.Runtime, environment, startedBefore)));

    /// <returns>Null when the waiting process can no longer be used, or the machine cannot give it the code: another way is taken.</returns>
    public static async Task<ISandbox?> AssignAsync(IBlankSandbox waiting, InstanceSeed seed, LaunchPlan plan, ISandboxOutput output, StartLaps laps)
    {
        await using (waiting)
        {
            try
            {
                return await waiting.AssignAsync(
                    new SandboxAssignment
                    {
                        InstanceId = seed.Id,
                        Function = seed.Adapter.InSandbox(seed.Spec),
                        Output = output,
                        Modules = plan.Modules,
                    });
            }
            catch (FunctionStartException e)
            {
                laps.Why = e.Message;
                return null;
            }
        }
    }

    /// <summary>Waits for the end of a process that has ended or is about to, and says how it ended.</summary>
    public async Task<SandboxExit> EndAsync()
    {
        try
        {
            return await sandbox.Exited.WaitAsync(EndLimit);
        }
        catch (TimeoutException)
        {
            sandbox.Kill();
            return await sandbox.Exited;
        }
    }

    public async ValueTask DisposeAsync()
    {
        sandbox.Kill();
        await session.DisposeAsync();
        await sandbox.DisposeAsync();
    }
}
