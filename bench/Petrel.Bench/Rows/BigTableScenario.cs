using System.Diagnostics;
using System.Runtime.CompilerServices;
using Petrel.Bench.Load;

namespace Petrel.Bench.Rows;

/// <summary>
/// A table of ten million small items, written by <c>BatchWriteItem</c>, then given an index of all of them; read at random beside a table
/// of a thousand.
/// </summary>
internal sealed class BigTableScenario : IScenario
{
    private const int Items = 10_000_000;
    private const int SmallItems = 1_000;
    private const int GroupItems = 10;
    private const int Requests = 20_000;

    /// <summary>Loading and backfill together may take no more; then the scenario fails instead of going on.</summary>
    private static readonly TimeSpan LongestBuild = TimeSpan.FromMinutes(40);

    private static readonly string Padding = new('z', 40);

    public string Name => "bigtable";

    public bool IsLong => true;

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("petrel-bench-bigtable-").FullName;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestBuild);
        try
        {
            await using var daemon = await MeasuredDaemon.StartAsync(context, cancellationToken);
            using var tables = new BenchTables(daemon.Endpoint);
            var before = ProcessTree.ResidentMb(daemon.Pid);
            yield return await LoadAsync(context, daemon, tables, limit.Token);

            await WarmUpAsync(context, daemon, folder, cancellationToken);
            foreach (var row in await CompareAsync(context, daemon, folder, "", cancellationToken))
            {
                yield return row;
            }

            context.Progress("adding an index to ten million items");
            var clock = Stopwatch.StartNew();
            await tables.AddIndexAsync("big", "byGroup", limit.Token);
            yield return new Row($"an index of {Items:N0} items: built", Items / clock.Elapsed.TotalSeconds, "/s", LowerIsBetter: false) { Note = $"{clock.Elapsed.TotalSeconds:0} s" };
            await tables.AddIndexAsync("small", "byGroup", limit.Token);
            foreach (var row in await CompareAsync(context, daemon, folder, ", which has an index", cancellationToken))
            {
                yield return row;
            }

            yield return await CompareAsync(context, daemon, folder, "Query of the index", "Query", IndexQuery, cancellationToken);
            yield return new Row("the daemon's memory after all of it", ProcessTree.ResidentMb(daemon.Pid), "MB") { Note = $"{before:0} MB at the start" };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Row> LoadAsync(BenchContext context, MeasuredDaemon daemon, BenchTables tables, CancellationToken cancellationToken)
    {
        var loader = new TableLoader(daemon.Endpoint);
        foreach (var table in new[] { "small", "big" })
        {
            await tables.CreateAsync(table, sort: true, stream: false, cancellationToken);
        }

        await loader.LoadAsync("small", SmallItems, Item, cancellationToken);
        var clock = Stopwatch.StartNew();
        var cpu = ProcessTree.OwnCpuUs(daemon.Pid);
        await loader.LoadAsync("big", Items, Item, cancellationToken, written =>
        {
            if (written % 1_000_000 == 0)
            {
                context.Progress($"{written:N0} items after {clock.Elapsed.TotalSeconds:0} s");
            }
        });
        return new Row($"{Items:N0} small items by BatchWriteItem", Items / clock.Elapsed.TotalSeconds, "/s", LowerIsBetter: false)
        {
            Note = $"{clock.Elapsed.TotalSeconds:0} s, {(ProcessTree.OwnCpuUs(daemon.Pid) - cpu) / Items:0.0} µs of server CPU each",
        };
    }

    private static async Task WarmUpAsync(BenchContext context, MeasuredDaemon daemon, string folder, CancellationToken cancellationToken)
    {
        context.Progress("warming up");
        foreach (var (operation, body) in new (string, Func<string, int, string>)[] { ("GetItem", Get), ("Query", Query) })
        {
            var file = Path.Combine(folder, "warm");
            new SignedRequests(daemon.Endpoint).Write(file, operation, Enumerable.Range(0, SmallItems).Select(i => body("small", i)));
            await Wrk.ReplayAsync(daemon.Endpoint, file, 8, TimeSpan.FromSeconds(5), cancellationToken);
        }
    }

    private static async Task<Row[]> CompareAsync(BenchContext context, MeasuredDaemon daemon, string folder, string note, CancellationToken cancellationToken) =>
    [
        await CompareAsync(context, daemon, folder, $"GetItem{note}", "GetItem", Get, cancellationToken),
        await CompareAsync(context, daemon, folder, $"Query of {GroupItems}{note}", "Query", Query, cancellationToken),
    ];

    /// <summary>The two tables in turns, twice, so that what else happens on the machine meets both.</summary>
    private static async Task<Row> CompareAsync(
        BenchContext context, MeasuredDaemon daemon, string folder, string what, string operation, Func<string, int, string> body, CancellationToken cancellationToken)
    {
        context.Progress($"{what}: ten million against a thousand");
        var p50 = new Dictionary<string, List<double>> { ["small"] = [], ["big"] = [] };
        foreach (var (table, count) in new[] { ("small", SmallItems), ("big", Items), ("small", SmallItems), ("big", Items) })
        {
            var file = Path.Combine(folder, table);
            var random = new Random(p50[table].Count);
            new SignedRequests(daemon.Endpoint).Write(file, operation, Enumerable.Range(0, Requests).Select(_ => body(table, random.Next(count))));
            p50[table].Add((await Wrk.ReplayAsync(daemon.Endpoint, file, 1, context.Duration, cancellationToken)).P50Us);
        }

        var (big, small) = (p50["big"].Average(), p50["small"].Average());
        return new Row($"{Items:N0} items, {what}: p50 against {SmallItems:N0} items", big / small, "×", 1.5, 1.1) { Note = $"{big:0} against {small:0} µs, 1 connection" };
    }

    private static string Item(int i) =>
        $$$"""{"pk":{"S":"{{{Partition(i)}}}"},"sk":{"N":"{{{i % GroupItems}}}"},"g":{"N":"{{{i / GroupItems}}}"},"v":{"S":"{{{Padding}}}"}}""";

    private static string Get(string table, int i) => $$$$"""{"TableName":"{{{{table}}}}","Key":{"pk":{"S":"{{{{Partition(i)}}}}"},"sk":{"N":"{{{{i % GroupItems}}}}"}}}""";

    private static string Query(string table, int i) =>
        $$$$"""{"TableName":"{{{{table}}}}","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"{{{{Partition(i)}}}}"}}}""";

    private static string IndexQuery(string table, int i) =>
        $$$$"""{"TableName":"{{{{table}}}}","IndexName":"byGroup","KeyConditionExpression":"g = :g","ExpressionAttributeValues":{":g":{"N":"{{{{i / GroupItems}}}}"}}}""";

    private static string Partition(int i) => $"p{i / GroupItems}";
}
