using System.Runtime.CompilerServices;
using Petrel.Bench.Load;

namespace Petrel.Bench.Rows;

/// <summary>How quickly the daemon is ready, and what it takes while nothing happens.</summary>
internal sealed class StartScenario : IScenario
{
    private const int Starts = 5;
    private const int IdleFunctions = 1_000;

    public string Name => "start";

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        context.Progress($"starting the daemon {Starts} times");
        var times = new List<double>();
        for (var i = 0; i < Starts - 1; i++)
        {
            await using var started = await MeasuredDaemon.StartAsync(context, cancellationToken);
            times.Add(started.StartToReady.TotalSeconds);
        }

        await using var daemon = await MeasuredDaemon.StartAsync(context, cancellationToken);
        times.Add(daemon.StartToReady.TotalSeconds);
        times.Sort();
        yield return new Row("daemon: start to ready, median", times[times.Count / 2], "s", AtLeast: 1.0, Aim: 0.4);

        await SettleAsync(cancellationToken);
        var idle = ProcessTree.ResidentMb(daemon.Pid);
        yield return new Row("daemon: idle resident memory", idle, "MB", AtLeast: 180, Aim: 130);

        context.Progress($"deploying {IdleFunctions} functions");
        using var deployments = new Deployments(daemon);
        for (var i = 0; i < IdleFunctions; i++)
        {
            await deployments.CreateAsync($"idle-{i}", SampleFunction.NodeHello, cancellationToken);
        }

        await SettleAsync(cancellationToken);
        var deploying = ProcessTree.ResidentMb(daemon.Pid) - idle;
        await using var restarted = await daemon.RestartAsync(context, cancellationToken);
        await SettleAsync(cancellationToken);
        var added = ProcessTree.ResidentMb(restarted.Pid) - idle;
        yield return new Row($"{IdleFunctions:N0} deployed idle functions: added memory", added, "MB", AtLeast: 20, Aim: 5)
        {
            Note = $"after a restart; right after deploying them {deploying:0} MB, most of it code that was compiled for it",
        };
    }

    private static Task SettleAsync(CancellationToken cancellationToken) => Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
}
