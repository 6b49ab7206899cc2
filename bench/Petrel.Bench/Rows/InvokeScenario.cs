using System.Runtime.CompilerServices;
using Petrel.Bench.Load;

namespace Petrel.Bench.Rows;

/// <summary>
/// Warm synchronous invocations of a Node.js function by its URL, against a Kestrel that only says hello. Every request is signed and
/// verified, every invocation is logged and counted.
/// </summary>
internal sealed class InvokeScenario : IScenario
{
    private const int Connections = 32;

    /// <summary>Until hot code is compiled to its last tier.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    public string Name => "invoke";

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        context.Progress("measuring a bare Kestrel");
        LoadResult bare;
        await using (var kestrel = await BareKestrel.StartAsync(cancellationToken))
        {
            await Wrk.RunAsync(kestrel.Endpoint, Connections, TimeSpan.FromSeconds(2), cancellationToken: cancellationToken);
            bare = await Wrk.RunAsync(kestrel.Endpoint, Connections, context.Duration, cancellationToken: cancellationToken);
        }

        yield return new Row("a bare Kestrel's hello, 32 connections", bare.RequestsPerSecond, "/s", LowerIsBetter: false);

        await using var daemon = await MeasuredDaemon.StartAsync(context, cancellationToken);
        using var deployments = new Deployments(daemon);
        await deployments.CreateAsync("hello", SampleFunction.NodeHello, cancellationToken);
        var url = await deployments.OpenUrlAsync("hello", signed: true, cancellationToken);

        context.Progress("warming the function up");
        await Wrk.RunAsync(url, Connections, WarmUp, deployments.SignGet(url), cancellationToken);
        context.Progress($"invoking over {Connections} connections");
        var (cpu, own) = (ProcessTree.CpuUs(daemon.Pid), ProcessTree.OwnCpuUs(daemon.Pid));
        var warm = await Wrk.RunAsync(url, Connections, context.Duration, deployments.SignGet(url), cancellationToken);
        (cpu, own) = (ProcessTree.CpuUs(daemon.Pid) - cpu, ProcessTree.OwnCpuUs(daemon.Pid) - own);
        yield return new Row("warm invoke by URL, Node.js, 32 connections: CPU of server and function", cpu / warm.Requests, "µs", 160, 110)
        {
            Note = $"the daemon's share {own / warm.Requests:0} µs, {warm.RequestsPerSecond:N0} /s, p50 {warm.P50Us / 1000:0.00} ms, p99 {warm.P99Us / 1000:0.00} ms",
        };
        yield return new Row("the same: throughput against the bare Kestrel", warm.RequestsPerSecond / bare.RequestsPerSecond, "×", 0.10, 0.18, LowerIsBetter: false);

        context.Progress("invoking over 1 connection");
        var single = await Wrk.RunAsync(url, 1, context.Duration, deployments.SignGet(url), cancellationToken);
        yield return new Row("the same, 1 connection: p50", single.P50Us, "µs", 250, 110) { Note = $"p99 {single.P99Us:0} µs" };

        var client = await RuntimeClient.HelloAsync(context, cancellationToken);
        await deployments.CreateAsync("client", client, cancellationToken);
        var clientUrl = await deployments.OpenUrlAsync("client", signed: true, cancellationToken);
        context.Progress("invoking AWS's runtime client over 1 connection");
        await Wrk.RunAsync(clientUrl, 1, TimeSpan.FromSeconds(3), deployments.SignGet(clientUrl), cancellationToken);
        var official = await Wrk.RunAsync(clientUrl, 1, context.Duration, deployments.SignGet(clientUrl), cancellationToken);
        yield return new Row("AWS's own runtime client over the HTTP Runtime API, 1 connection: p50", official.P50Us, "µs", 420, 180)
        {
            Note = $"p99 {official.P99Us:0} µs",
        };
    }
}
