using System.Runtime.CompilerServices;
using Petrel.Bench.Load;

namespace Petrel.Bench.Rows;

/// <summary>
/// Items read and written over 32 connections, against dynalite in memory in the same run. The same requests go to both, signed ahead; the
/// daemon verifies each, and syncs each write before it answers.
/// </summary>
internal sealed class TablesScenario : IScenario
{
    private const int Connections = 32;
    private const int Items = 1_000;
    private const int QueryItems = 10;

    /// <summary>Until hot code is compiled to its last tier.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);

    /// <summary>Of one character so that an item is a KB with its key.</summary>
    private static readonly string Kilobyte = new('x', 1_000);

    private static readonly string OtherKilobyte = new('z', 1_000);

    private static readonly string QueriedText = new('y', 180);

    public string Name => "tables";

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("petrel-bench-tables-").FullName;
        try
        {
            var disk = DiskSync.P50Us(folder);
            Figures? peer = null;
            await using (var dynalite = await Peer.DynaliteAsync(context, cancellationToken))
            {
                if (dynalite is not null)
                {
                    context.Progress("measuring dynalite");
                    peer = await MeasureAsync(context, dynalite.Url, dynalite.Pid, folder, cancellationToken);
                }
            }

            await using var daemon = await MeasuredDaemon.StartAsync(context, cancellationToken);
            context.Progress("measuring the daemon");
            var own = await MeasureAsync(context, daemon.Endpoint, daemon.Pid, folder, cancellationToken);
            foreach (var row in Rows(own, peer, disk))
            {
                yield return row;
            }

            context.Progress("timing changes on their way to a function");
            var times = await StreamLag.MeasureAsync(daemon, cancellationToken);
            yield return new Row("change → function started, p50", Percentile.Of(times, 50), "ms", 10, 2)
            {
                Note = $"from before the request of the change is sent; p99 {Percentile.Of(times, 99):0.0} ms of {times.Count}",
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<Row> Rows(Figures own, Figures? peer, double disk)
    {
        yield return Cpu("GetItem 1 KB, 32 connections: server CPU", own.Get, 55, 35);
        if (peer is not null)
        {
            yield return Ratio("the same: operations against dynalite", own.Get, peer.Get, 1.1, 1.7);
        }

        yield return new Row("PutItem 1 KB after fsync, 32 connections: server CPU", own.Put.CpuUs, "µs") { Note = Note(own.Put) };
        if (peer is not null)
        {
            yield return Ratio("the same: operations against dynalite, which never syncs", own.Put, peer.Put, 0.9, 1.5);
        }

        yield return new Row("PutItem 1 KB after fsync, 1 connection: p50", own.Single.Load.P50Us, "µs", 400, 220)
        {
            Note = $"p99 {own.Single.Load.P99Us:0} µs; append 4 KiB + fsync of the disk {disk:0} µs",
        };
        yield return Cpu($"Query of {QueryItems} items of 200 B, 32 connections: server CPU", own.Query, 100, 55);
        if (peer is not null)
        {
            yield return Ratio("the same: operations against dynalite", own.Query, peer.Query, 1.5, 3);
        }
    }

    private static Row Cpu(string what, Figure figure, double atLeast, double aim) => new(what, figure.CpuUs, "µs", atLeast, aim) { Note = Note(figure) };

    private static Row Ratio(string what, Figure own, Figure peer, double atLeast, double aim) =>
        new(what, own.Load.RequestsPerSecond / peer.Load.RequestsPerSecond, "×", atLeast, aim, LowerIsBetter: false)
        {
            Note = $"{own.Load.RequestsPerSecond:N0} against {peer.Load.RequestsPerSecond:N0} /s",
        };

    private static string Note(Figure figure) =>
        $"{figure.Load.RequestsPerSecond:N0} /s, p50 {figure.Load.P50Us / 1000:0.00} ms, p99 {figure.Load.P99Us / 1000:0.00} ms";

    private static async Task<Figures> MeasureAsync(BenchContext context, Uri url, int pid, string folder, CancellationToken cancellationToken)
    {
        using var tables = new BenchTables(url);
        await tables.CreateAsync("items", sort: false, stream: false, cancellationToken);
        await tables.CreateAsync("groups", sort: true, stream: false, cancellationToken);
        var loader = new TableLoader(url);
        await loader.LoadAsync("items", Items, i => $$$"""{"pk":{"S":"{{{Key(i)}}}"},"data":{"S":"{{{Kilobyte}}}"}}""", cancellationToken);
        await loader.LoadAsync(
            "groups", Items, i => $$$"""{"pk":{"S":"{{{Key(i / QueryItems)}}}"},"sk":{"N":"{{{i % QueryItems}}}"},"data":{"S":"{{{QueriedText}}}"}}""", cancellationToken);

        async Task<Figure> RunAsync(string operation, Func<int, string> body, int connections, TimeSpan warmUp)
        {
            context.Progress($"{operation} over {connections} connections");
            var file = Path.Combine(folder, $"{pid}-{operation}");
            new SignedRequests(url).Write(file, operation, Enumerable.Range(0, 2 * Items).Select(body));
            await Wrk.ReplayAsync(url, file, connections, warmUp, cancellationToken);
            var cpu = ProcessTree.OwnCpuUs(pid);
            var load = await Wrk.ReplayAsync(url, file, connections, context.Duration, cancellationToken);
            return new Figure(load, (ProcessTree.OwnCpuUs(pid) - cpu) / load.Requests);
        }

        var get = await RunAsync("GetItem", i => $$$$"""{"TableName":"items","Key":{"pk":{"S":"{{{{Key(i * 7 % Items)}}}}"}}}""", Connections, WarmUp);
        var put = await RunAsync("PutItem", Put, Connections, WarmUp);
        var single = await RunAsync("PutItem", Put, 1, TimeSpan.FromSeconds(1));
        var query = await RunAsync("Query", Query, Connections, WarmUp);
        return new Figures(get, put, single, query);
    }

    /// <summary>The second time around with other data: a write that changes nothing might be spared.</summary>
    private static string Put(int i) =>
        $$$$"""{"TableName":"items","Item":{"pk":{"S":"{{{{Key(i * 7 % Items)}}}}"},"data":{"S":"{{{{(i < Items ? Kilobyte : OtherKilobyte)}}}}"}}}""";

    private static string Query(int i) =>
        $$$$"""{"TableName":"groups","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"{{{{Key(i * 7 % (Items / QueryItems))}}}}"}}}""";

    private static string Key(int i) => $"item-{i:00000}";

    /// <param name="CpuUs">Of the server's process, for an operation.</param>
    private sealed record Figure(LoadResult Load, double CpuUs);

    private sealed record Figures(Figure Get, Figure Put, Figure Single, Figure Query);
}
