using System.Runtime.CompilerServices;
using Petrel.Bench.Load;

namespace Petrel.Bench.Rows;

/// <summary>
/// Warm invocations by function URL over 32 connections, the load generator on the same cores, against the platforms of others in the
/// same run: workerd and the functions framework run all requests in one process, Petrel one at a time in an instance unless the function
/// allows more.
/// </summary>
internal sealed class WarmScenario : IScenario
{
    private const int Connections = 32;

    /// <summary>Until hot code is compiled to its last tier.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    public string Name => "warm";

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        double? workerd = null;
        foreach (var start in (Func<BenchContext, CancellationToken, Task<Peer?>>[])[Peer.WorkerdAsync, Peer.FunctionsFrameworkAsync, Peer.ServerlessOfflineAsync])
        {
            var peer = await start(context, cancellationToken);
            if (peer is null)
            {
                continue;
            }

            await using (peer)
            {
                context.Progress($"measuring {peer.Name}");
                await Wrk.RunAsync(peer.Url, Connections, TimeSpan.FromSeconds(3), cancellationToken: cancellationToken);
                var load = await Wrk.RunAsync(peer.Url, Connections, context.Duration, cancellationToken: cancellationToken);
                workerd = peer.Name == "workerd" ? load.RequestsPerSecond : workerd;
                yield return new Row($"{peer.Name}: hello, {Connections} connections", load.RequestsPerSecond, "/s", LowerIsBetter: false) { Note = Note(load) };
            }
        }

        await using var daemon = await MeasuredDaemon.StartAsync(context, cancellationToken);
        using var deployments = new Deployments(daemon);
        var samples = new SampleFunctions(context);
        (string Language, SampleFunction Function, double AtLeast, double Aim)[] rows =
        [
            ("Node.js", samples.Node(), 9_000, 15_000), ("Python", samples.Python(), 5_000, 10_000), ("C#", samples.Dotnet(), 8_000, 15_000),
        ];
        foreach (var (language, function, atLeast, aim) in rows)
        {
            context.Progress($"invoking {language}, one at a time in an instance");
            var url = await deployments.CreateOpenAsync($"warm-{language.Replace('.', '-').Replace('#', 's')}", function, cancellationToken);
            await Wrk.RunAsync(url, Connections, WarmUp, cancellationToken: cancellationToken);
            var load = await Wrk.RunAsync(url, Connections, context.Duration, cancellationToken: cancellationToken);
            yield return new Row($"warm by URL, {language}, one at a time, {Connections} connections", load.RequestsPerSecond, "/s", atLeast, aim, LowerIsBetter: false) { Note = Note(load) };
            if (language == "Node.js")
            {
                yield return new Row("the same: p99", load.P99Us / 1000, "ms", 15, 8);
                var single = await Wrk.RunAsync(url, 1, context.Duration, cancellationToken: cancellationToken);
                yield return new Row("the same, 1 connection: p50", single.P50Us, "µs", 150, 90) { Note = Note(single) };
            }
        }

        context.Progress("invoking Node.js, many at a time in an instance");
        var many = samples.Node() with { Environment = new Dictionary<string, string> { ["AWS_LAMBDA_MAX_CONCURRENCY"] = "64" } };
        var concurrent = await deployments.CreateOpenAsync("warm-many", many, cancellationToken);
        await Wrk.RunAsync(concurrent, Connections, WarmUp, cancellationToken: cancellationToken);
        var result = await Wrk.RunAsync(concurrent, Connections, context.Duration, cancellationToken: cancellationToken);
        yield return workerd is { } peerRate
            ? new Row("warm by URL, Node.js, many at a time, against workerd", result.RequestsPerSecond / peerRate, "×", 0.8, 1.4, LowerIsBetter: false) { Note = $"{result.RequestsPerSecond:N0} /s, {Note(result)}" }
            : new Row("warm by URL, Node.js, many at a time", result.RequestsPerSecond, "/s", LowerIsBetter: false) { Note = Note(result) };
    }

    private static string Note(LoadResult load) => $"p50 {load.P50Us / 1000:0.00} ms, p99 {load.P99Us / 1000:0.00} ms";
}
