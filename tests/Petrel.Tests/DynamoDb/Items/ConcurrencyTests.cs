using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Tests.Storage;

namespace Petrel.Tests.DynamoDb.Items;

/// <summary>Many writers at once on the embedded engine.</summary>
public sealed class ConcurrencyTests(RocksDbFixture fixture) : IClassFixture<RocksDbFixture>
{
    private const int Writers = 32;

    private static readonly AttributeMap Counter = AttributeMap.Of(("p", AttributeValue.Of("counter")));

    [Fact]
    public async Task ConditionalPut_By32Writers_LosesNoIncrement()
    {
        await using var host = new ItemsHost(fixture.Store);
        await host.CreateAsync("conditional", Schemas.Plain);
        var service = host.Get<IDynamoDb>();
        await service.PutItem(new PutItemRequest("conditional", With(Counter, 0)), host.Call);
        var failures = 0;
        await RunAsync(async _ =>
        {
            for (var done = 0; done < 10;)
            {
                var item = (await service.GetItem(new GetItemRequest("conditional", Counter, ConsistentRead: true), host.Call)).Item!;
                var request = new PutItemRequest(
                    "conditional",
                    With(Counter, ValueOf(item) + 1),
                    ConditionExpression: "n = :n",
                    ExpressionAttributeValues: AttributeMap.Of((":n", item["n"])));
                try
                {
                    await service.PutItem(request, host.Call);
                    done++;
                }
                catch (ConditionalCheckFailedException)
                {
                    Interlocked.Increment(ref failures);
                }
            }
        });
        var last = (await service.GetItem(new GetItemRequest("conditional", Counter), host.Call)).Item!;
        Assert.Equal(Writers * 10, ValueOf(last));
        Assert.True(failures > 0, "The writers never met.");
    }

    [Fact]
    public async Task UpdateItem_By32Writers_AddsUp()
    {
        await using var host = new ItemsHost(fixture.Store);
        await host.CreateAsync("adding", Schemas.Plain);
        var service = host.Get<IDynamoDb>();
        var add = new UpdateItemRequest(
            "adding", Counter, UpdateExpression: "ADD n :one", ExpressionAttributeValues: AttributeMap.Of((":one", AttributeValue.Of(1))), ReturnValues: "UPDATED_NEW");
        var seen = new System.Collections.Concurrent.ConcurrentBag<long>();
        await RunAsync(async _ =>
        {
            for (var i = 0; i < 20; i++)
            {
                seen.Add(ValueOf((await service.UpdateItem(add, host.Call)).Attributes!));
            }
        });
        Assert.Equal(Enumerable.Range(1, Writers * 20).Select(i => (long)i), seen.Order());
    }

    /// <summary>Money moves between accounts in transactions; every transactional read and every query of the index sees all of it.</summary>
    [Fact]
    public async Task Transactions_ByManyWriters_AreSerialisable()
    {
        const int Accounts = 6;
        await using var host = new ItemsHost(fixture.Store);
        var table = await host.CreateAsync("bank", Schemas.Plain, Schemas.Global("byKind", new KeySchema(Schemas.Text("kind"), Schemas.Number("n"))));
        var service = host.Get<IDynamoDb>();
        for (var i = 0; i < Accounts; i++)
        {
            await service.PutItem(new PutItemRequest("bank", With(Account(i), 100, kind: true)), host.Call);
        }

        var reads = new TransactGetItemsRequest([.. Enumerable.Range(0, Accounts).Select(i => new TransactGetItem(new TransactionGet(Account(i), "bank")))]);
        await RunAsync(async writer =>
        {
            var random = new Random(writer);
            for (var i = 0; i < 20; i++)
            {
                var from = random.Next(Accounts);
                await MoveAsync(service, host, from, (from + 1 + random.Next(Accounts - 1)) % Accounts, random.Next(1, 60));
                var sum = (await service.TransactGetItems(reads, host.Call)).Responses.Sum(r => ValueOf(r.Item!));
                Assert.Equal(Accounts * 100, sum);
                var query = await service.Query(
                    new QueryRequest(
                        "bank", "byKind", KeyConditionExpression: "kind = :k", ExpressionAttributeValues: AttributeMap.Of((":k", AttributeValue.Of("account")))),
                    host.Call);
                Assert.Equal(Accounts * 100, query.Items!.Sum(ValueOf));
            }
        });
        Assert.Empty(await host.CheckAsync(table));
    }

    private static async Task MoveAsync(IDynamoDb service, ItemsHost host, int from, int to, int amount)
    {
        var values = AttributeMap.Of((":a", AttributeValue.Of(amount)));
        try
        {
            await service.TransactWriteItems(
                new TransactWriteItemsRequest(
                [
                    new TransactWriteItem(Update: new TransactionUpdate(Account(from), "SET n = n - :a", "bank", "n >= :a", null, values)),
                    new TransactWriteItem(Update: new TransactionUpdate(Account(to), "SET n = n + :a", "bank", null, null, values)),
                ]),
                host.Call);
        }
        catch (TransactionCanceledException)
        {
            // The account has too little.
        }
    }

    private static Task RunAsync(Func<int, Task> writer) => Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(() => writer(i))));

    private static AttributeMap Account(int number) => AttributeMap.Of(("p", AttributeValue.Of($"account {number}")));

    private static AttributeMap With(AttributeMap key, long number, bool kind = false)
    {
        var item = new AttributeMapBuilder(key).Set("n", AttributeValue.Of(number));
        return (kind ? item.Set("kind", AttributeValue.Of("account")) : item).Build();
    }

    private static long ValueOf(AttributeMap item) => long.Parse(item["n"].Number.ToString(), System.Globalization.CultureInfo.InvariantCulture);
}
