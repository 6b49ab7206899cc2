using System.Runtime.CompilerServices;
using Petrel.Bench.Load;

namespace Petrel.Bench.Rows;

/// <summary>What functions cost that nobody calls: scaled to zero, and as idle frozen instances.</summary>
internal sealed class MemoryScenario : IScenario
{
    private const int Functions = 10_000;
    private const int Instances = 20;

    public string Name => "memory";

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var daemon = await MeasuredDaemon.StartAsync(context, cancellationToken);
        using var deployments = new Deployments(daemon);
        using var caller = new Caller();
        var samples = new SampleFunctions(context);

        context.Progress($"{Instances} instances of Node.js, idle until they are frozen");
        var before = ProcessTree.Members(daemon.Pid);
        for (var i = 0; i < Instances; i++)
        {
            await caller.TimeMsAsync(await deployments.CreateOpenAsync($"frozen-{i}", samples.Node(i), cancellationToken), cancellationToken);
        }

        await SettleAsync(cancellationToken);
        var added = ProcessTree.Members(daemon.Pid).Except(before).ToLookup(pid => ProcessTree.CommandOf(pid).Split(' ')[0].EndsWith("/node", StringComparison.Ordinal));
        var node = added[true].Select(ProcessTree.PrivateMb).ToArray();
        var enclosing = added[false].Sum(ProcessTree.PrivateMb) / node.Length;
        yield return new Row("an idle frozen Node.js instance: private memory", Percentile.Of(node, 50) + enclosing, "MB", 12, 8)
        {
            Note = $"median of {node.Length} processes of Node.js, and {enclosing:0.0} MB of those that enclose each",
        };

        await using var empty = await MeasuredDaemon.StartAsync(context, cancellationToken);
        using var many = new Deployments(empty);
        await SettleAsync(cancellationToken);
        var idle = ProcessTree.ResidentMb(empty.Pid);
        context.Progress($"deploying {Functions:N0} functions");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Functions),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            async (i, token) => await many.CreateAsync($"zero-{i}", SampleFunction.NodeHello, token));
        await using var restarted = await empty.RestartAsync(context, cancellationToken);
        await SettleAsync(cancellationToken);
        var grown = ProcessTree.ResidentMb(restarted.Pid) - idle;
        yield return new Row("a deployed function scaled to zero: memory", Math.Max(0, grown) * 1024 / Functions, "KB", 20, 5);
        yield return new Row($"{Functions:N0} of them", Math.Max(0, grown), "MB", 200, 50) { Note = "after a restart of the daemon" };
    }

    private static Task SettleAsync(CancellationToken cancellationToken) => Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
}
