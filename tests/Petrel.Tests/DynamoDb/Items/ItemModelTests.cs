using CsCheck;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Storage;
using Petrel.Storage.Memory;
using Petrel.Tests.Storage;

namespace Petrel.Tests.DynamoDb.Items;

public sealed class MemoryItemModelTests : ItemModelSuite
{
    protected override IStore Store { get; } = new MemoryStore();

    protected override int Samples => 300;
}

public sealed class RocksDbItemModelTests(RocksDbFixture fixture) : ItemModelSuite, IClassFixture<RocksDbFixture>
{
    protected override IStore Store => fixture.Store;

    protected override int Samples => 60;
}

/// <summary>Random writes and transactions on a table with indexes, and on a dictionary: what queries and scans see is the same.</summary>
public abstract class ItemModelSuite
{
    private static readonly Gen<AttributeValue?> AnyText = Gen.Frequency((1, Gen.Const((AttributeValue?)null)), (3, Gen.OneOf<string>("m", "mm", "\0", "é").Select(t => (AttributeValue?)AttributeValue.Of(t))));

    private static readonly Gen<AttributeValue?> AnyNumber = Gen.Frequency((1, Gen.Const((AttributeValue?)null)), (3, Gen.Int[-2, 2].Select(n => (AttributeValue?)AttributeValue.Of(n))));

    private static readonly Gen<AttributeMap> AnyKey = Gen.Select(
        Gen.OneOf<string>("a", "b", "a\0"), Gen.Int[-2, 2], (p, s) => AttributeMap.Of(("p", AttributeValue.Of(p)), ("s", AttributeValue.Of(s))));

    private static readonly Gen<AttributeMap> AnyItem = Gen.Select(AnyKey, AnyText, AnyNumber, AnyText, AnyText, (key, g, h, l, x) =>
    {
        var item = new AttributeMapBuilder(key);
        Set(item, "g", g);
        Set(item, "h", h);
        Set(item, "l", l);
        Set(item, "x", x);
        return item.Build();
    });

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (5, AnyItem.Select(item => (Step)new PutStep(item))),
        (2, AnyKey.Select(key => (Step)new DeleteStep(key))),
        (3, Gen.Select(AnyKey, Gen.OneOf<string>("g", "l", "x"), AnyText, (key, name, value) => (Step)new UpdateStep(key, name, value))),
        (2, Gen.Select(AnyItem.Array[1, 3], Gen.Bool, (items, mustBeNew) => (Step)new TransactionStep(items, mustBeNew))));

    protected abstract IStore Store { get; }

    protected abstract int Samples { get; }

    [Fact]
    public async Task RandomWrites_AreSeenAsInTheModel()
    {
        await using var host = new ItemsHost(Store);
        var run = 0;
        await AnyStep.Array[1, 30].SampleAsync(
            async steps =>
            {
                var table = await host.CreateAsync(
                    $"model{Interlocked.Increment(ref run)}",
                    Schemas.WithNumber,
                    Schemas.Global("global", new KeySchema(Schemas.Text("g"), Schemas.Number("h"))),
                    Schemas.Global("keys", new KeySchema(Schemas.Text("x")), ProjectionKind.KeysOnly),
                    Schemas.Local("local", Schemas.Text("l"), ProjectionKind.Include, "x"));
                var world = new World(host, table, []);
                foreach (var step in steps)
                {
                    await step.RunAsync(world);
                }

                await world.CompareAsync();
            },
            iter: Samples,
            threads: 1);
    }

    private static void Set(AttributeMapBuilder item, string name, AttributeValue? value)
    {
        if (value is not null)
        {
            item.Set(name, value);
        }
    }

    /// <summary>The table, and the dictionary that it should be like.</summary>
    private sealed record World(ItemsHost Host, TableState Table, Dictionary<AttributeMap, AttributeMap> Model)
    {
        public IDynamoDb Service => Host.Get<IDynamoDb>();

        public async Task CompareAsync()
        {
            var scan = await Service.Scan(new ScanRequest(Table.Name), Host.Call);
            Assert.Equal(Model.Values.ToHashSet(), scan.Items!.ToHashSet());
            foreach (var partition in new[] { "a", "b", "a\0" })
            {
                var expected = Model.Values.Where(i => i["p"].Text == partition).OrderBy(i => i["s"].Number).ToList();
                Assert.Equal(expected, await QueryAsync(null, "p", partition));
                var local = Model.Values.Where(i => i["p"].Text == partition && i.ContainsKey("l")).Select(i => i["l"].Text).Order(StringComparer.Ordinal);
                Assert.Equal(local, (await QueryAsync("local", "p", partition)).Select(i => i["l"].Text));
            }

            foreach (var value in new[] { "m", "mm", "\0", "é" })
            {
                var items = Model.Values.Where(i => i.TryGetValue("g", out var g) && g.Text == value && i.ContainsKey("h")).ToList();
                var found = await QueryAsync("global", "g", value);
                Assert.Equal(items.ToHashSet(), found.ToHashSet());
                Assert.Equal(items.Select(i => i["h"].Number).Order(), found.Select(i => i["h"].Number));
                var keys = Model.Values.Count(i => i.TryGetValue("x", out var x) && x.Text == value);
                Assert.Equal(keys, (await QueryAsync("keys", "x", value)).Count);
            }

            Assert.Empty(await Host.CheckAsync(Table));
        }

        private async Task<List<AttributeMap>> QueryAsync(string? index, string name, string value)
        {
            var items = new List<AttributeMap>();
            AttributeMap? from = null;
            do
            {
                var page = await Service.Query(
                    new QueryRequest(
                        Table.Name,
                        index,
                        Limit: 3,
                        ExclusiveStartKey: from,
                        KeyConditionExpression: $"{name} = :v",
                        ExpressionAttributeValues: AttributeMap.Of((":v", AttributeValue.Of(value)))),
                    Host.Call);
                items.AddRange(page.Items!);
                from = page.LastEvaluatedKey;
            }
            while (from is not null);
            return items;
        }
    }

    private abstract record Step
    {
        public abstract Task RunAsync(World world);

        protected static AttributeMap KeyOf(AttributeMap item) => AttributeMap.Of(("p", item["p"]), ("s", item["s"]));
    }

    private sealed record PutStep(AttributeMap Item) : Step
    {
        public override async Task RunAsync(World world)
        {
            var old = (await world.Service.PutItem(new PutItemRequest(world.Table.Name, Item, ReturnValues: "ALL_OLD"), world.Host.Call)).Attributes;
            Assert.Equal(world.Model.GetValueOrDefault(KeyOf(Item)), old);
            world.Model[KeyOf(Item)] = Item;
        }
    }

    private sealed record DeleteStep(AttributeMap Key) : Step
    {
        public override async Task RunAsync(World world)
        {
            var old = (await world.Service.DeleteItem(new DeleteItemRequest(world.Table.Name, Key, ReturnValues: "ALL_OLD"), world.Host.Call)).Attributes;
            Assert.Equal(world.Model.GetValueOrDefault(Key), old);
            world.Model.Remove(Key);
        }
    }

    /// <summary>Sets an attribute, or removes it.</summary>
    private sealed record UpdateStep(AttributeMap Key, string Name, AttributeValue? Value) : Step
    {
        public override async Task RunAsync(World world)
        {
            var changed = new AttributeMapBuilder(world.Model.GetValueOrDefault(Key) ?? Key);
            if (Value is null)
            {
                changed.Remove(Name);
            }
            else
            {
                changed.Set(Name, Value);
            }

            var result = await world.Service.UpdateItem(
                new UpdateItemRequest(
                    world.Table.Name,
                    Key,
                    UpdateExpression: Value is null ? $"REMOVE {Name}" : $"SET {Name} = :v",
                    ExpressionAttributeValues: Value is null ? null : AttributeMap.Of((":v", Value)),
                    ReturnValues: "ALL_NEW"),
                world.Host.Call);

            // What only removes makes no item.
            if (Value is null && !world.Model.ContainsKey(Key))
            {
                Assert.Null(result.Attributes);
                return;
            }

            var expected = changed.Build();
            Assert.Equal(expected, result.Attributes);
            world.Model[Key] = expected;
        }
    }

    /// <summary>Puts several items, all or none.</summary>
    private sealed record TransactionStep(AttributeMap[] Items, bool MustBeNew) : Step
    {
        public override async Task RunAsync(World world)
        {
            var items = Items.DistinctBy(KeyOf).ToList();
            var condition = MustBeNew ? "attribute_not_exists(p)" : null;
            var puts = items.ConvertAll(i => new TransactWriteItem(Put: new TransactionPut(i, world.Table.Name, condition)));
            var holds = !MustBeNew || !items.Any(i => world.Model.ContainsKey(KeyOf(i)));
            try
            {
                await world.Service.TransactWriteItems(new TransactWriteItemsRequest(puts), world.Host.Call);
                Assert.True(holds);
                foreach (var item in items)
                {
                    world.Model[KeyOf(item)] = item;
                }
            }
            catch (TransactionCanceledException cancelled)
            {
                Assert.False(holds);
                Assert.Equal(items.ConvertAll(i => world.Model.ContainsKey(KeyOf(i))), cancelled.Reasons.Select(r => r.Code != "None"));
            }
        }
    }
}
