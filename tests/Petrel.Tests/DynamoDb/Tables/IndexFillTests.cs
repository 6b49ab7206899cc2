using Petrel.Server.Services.DynamoDb.Jobs;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;
using Petrel.Storage.Faults;

namespace Petrel.Tests.DynamoDb.Tables;

public sealed class IndexFillTests
{
    private const string AddIndex = """
        {'TableName':'abc','AttributeDefinitions':[{'AttributeName':'g','AttributeType':'S'}],
         'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'byg','KeySchema':[{'AttributeName':'g','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}}]}
        """;

    private const string RemoveIndex = "{'TableName':'abc','GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'byg'}}]}";

    private static readonly string[] Engines = ["memory", "rocksdb"];

    public static TheoryData<string> EngineNames => new(Engines);

    [Fact]
    public async Task UpdateTable_NewIndex_IsFilledAndThenActive()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        await FillAsync(host, 200);
        var answer = (await host.DoAsync("UpdateTable", AddIndex))["TableDescription"]!;
        Assert.Equal("UPDATING", (string)answer["TableStatus"]!);
        var index = answer["GlobalSecondaryIndexes"]![0]!;
        Assert.Equal(("CREATING", true), ((string)index["IndexStatus"]!, (bool)index["Backfilling"]!));
        await host.RunJobsAsync();

        var table = await host.DescribeAsync("abc");
        Assert.Equal("ACTIVE", (string)table["TableStatus"]!);
        index = table["GlobalSecondaryIndexes"]![0]!;
        Assert.Equal(("ACTIVE", 100), ((string)index["IndexStatus"]!, (int)index["ItemCount"]!));
        Assert.Null(index["Backfilling"]);
        Assert.Equal(2, table["AttributeDefinitions"]!.AsArray().Count);
        await CheckAsync(host);
    }

    [Fact]
    public async Task UpdateTable_WhileAnIndexIsFilled_IsRefusedUnlessItIsGivenUp()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        await FillAsync(host, 300);
        await host.DoAsync("UpdateTable", AddIndex);
        await host.StepJobsAsync();
        Assert.Equal(
            "ResourceInUseException: Attempt to change a resource which is still in use: Table is being updated: abc",
            await host.ErrorAsync("UpdateTable", "{'TableName':'abc','DeletionProtectionEnabled':true}"));
        Assert.StartsWith("LimitExceededException: Subscriber limit exceeded: Only 1 online index", await host.ErrorAsync("UpdateTable", AddIndex), StringComparison.Ordinal);
        Assert.Equal(
            "ResourceInUseException: Attempt to change a resource which is still in use: Table is being updated: abc",
            await host.ErrorAsync("DeleteTable", "{'TableName':'abc'}"));

        await host.DoAsync("UpdateTable", RemoveIndex);
        await host.RunJobsAsync();
        var table = await host.DescribeAsync("abc");
        Assert.Equal("ACTIVE", (string)table["TableStatus"]!);
        Assert.Null(table["GlobalSecondaryIndexes"]);
        Assert.Single(table["AttributeDefinitions"]!.AsArray());
    }

    [Fact]
    public async Task UpdateTable_IndexGivenUpAndMadeAnew_IsFilledFromTheBeginning()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        await FillAsync(host, 300);
        await host.DoAsync("UpdateTable", AddIndex);
        await host.StepJobsAsync();
        await host.DoAsync("UpdateTable", RemoveIndex);
        await host.RunJobsAsync();
        await host.DoAsync("UpdateTable", AddIndex);
        await host.RunJobsAsync();
        await CheckAsync(host);
        Assert.Equal(150, (int)(await host.DescribeAsync("abc"))["GlobalSecondaryIndexes"]![0]!["ItemCount"]!);
    }

    [Fact]
    public async Task UpdateTable_RemovedIndex_LeavesNoEntries()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        await FillAsync(host, 50);
        await host.DoAsync("UpdateTable", AddIndex);
        await host.RunJobsAsync();
        var id = (await host.FindTableAsync("abc"))!.Indexes[0].Id;
        Assert.NotEmpty(await host.Store.ReadAsync(tx => tx.ScanAsync(ItemKeys.Index(id), 10)));
        var answer = (await host.DoAsync("UpdateTable", RemoveIndex))["TableDescription"]!;
        Assert.Equal("DELETING", (string)answer["GlobalSecondaryIndexes"]![0]!["IndexStatus"]!);
        await host.RunJobsAsync();
        Assert.Empty(await host.Store.ReadAsync(tx => tx.ScanAsync(ItemKeys.Index(id), 10)));
        Assert.Equal((0, 0), await host.Store.ReadAsync(tx => ItemStore.CountAsync(tx, id)));
    }

    /// <summary>Writers change, remove and add items, with and without the index's key, while it is filled.</summary>
    [Theory]
    [MemberData(nameof(EngineNames))]
    public async Task FillIndex_BesideWrites_HoldsWhatTheTableHolds(string engine)
    {
        await using var store = await EngineOf(engine);
        await using var host = new TablesHost(store.Store);
        await host.CreateAsync("abc");
        await FillAsync(host, 600);
        await host.DoAsync("UpdateTable", AddIndex);
        using var done = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(seed => Task.Run(() => WriteAsync(host, new Random(seed), done.Token))).ToArray();
        await host.RunJobsAsync();
        await done.CancelAsync();
        await Task.WhenAll(writers);
        Assert.Equal("ACTIVE", (string)(await host.DescribeAsync("abc"))["TableStatus"]!);
        await CheckAsync(host);
    }

    [Fact]
    public async Task FillIndex_AnyCallFails_EndsAllTheSame()
    {
        for (var call = 1; ; call++)
        {
            foreach (var kind in Enum.GetValues<FaultKind>())
            {
                await using var host = new TablesHost();
                await host.CreateAsync("abc");
                await FillAsync(host, 100);
                await host.DoAsync("UpdateTable", AddIndex);
                host.Store.Plan = FaultPlan.Fail(call, kind);
                var failed = await FailsAsync(host.RunJobsAsync);
                var calls = host.Store.Plan.Calls;
                host.Store.Plan = FaultPlan.None;
                host.Restart();
                await host.PutAsync("abc", "5", ",'g':{'S':'changed'}");
                await host.RunJobsAsync();
                await CheckAsync(host);
                if (!failed && kind == FaultKind.BeforeIt && calls < call)
                {
                    return;
                }
            }
        }
    }

    internal static async Task<bool> FailsAsync(Func<Task> run)
    {
        try
        {
            await run();
            return false;
        }
        catch (StoreException)
        {
            return true;
        }
    }

    internal static async Task FillAsync(TablesHost host, int items)
    {
        for (var i = 0; i < items; i++)
        {
            await host.PutAsync("abc", $"{i}", i % 2 == 0 ? $",'g':{{'S':'group{i % 7}'}},'v':{{'S':'{i}'}}" : $",'v':{{'S':'{i}'}}");
        }
    }

    internal static async Task CheckAsync(TablesHost host, string name = "abc")
    {
        var table = (await host.FindTableAsync(name))!;
        Assert.Equal(ResourceStatus.Active, table.Status);
        Assert.Empty(await IndexCheck.FindProblemsAsync(host.Store, table));
    }

    private static async Task WriteAsync(TablesHost host, Random random, CancellationToken done)
    {
        for (var i = 0; i < 2_000 && !done.IsCancellationRequested; i++)
        {
            var id = random.Next(900).ToString(System.Globalization.CultureInfo.InvariantCulture);
            await (random.Next(4) switch
            {
                0 => host.DeleteAsync("abc", id),
                1 => host.PutAsync("abc", id, $",'v':{{'S':'{i}'}}"),
                _ => host.PutAsync("abc", id, $",'g':{{'S':'group{random.Next(7)}'}},'v':{{'S':'{i}'}}"),
            });
            await Task.Yield();
        }
    }

    internal static async Task<TestEngine> EngineOf(string name)
    {
        if (name == "memory")
        {
            return new TestEngine(new Petrel.Storage.Memory.MemoryStore(), null);
        }

        var folder = Directory.CreateTempSubdirectory("petrel-tables-").FullName;
        var storage = await PetrelStorage.OpenAsync(
            new StoreSettings { Engine = "rocksdb", DataFolder = folder },
            new StorageServices(TimeProvider.System, new SystemIdSource(), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));
        return new TestEngine(storage.Store, async () =>
        {
            await storage.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        });
    }
}

/// <summary>An engine of a test, with its folder if it has one.</summary>
internal sealed record TestEngine(IStore Store, Func<Task>? End) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        if (End is not null)
        {
            await End();
        }
    }
}
