using Petrel.Aws.DynamoDb;
using Petrel.Aws.DynamoDbStreams;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Wire;
using Record = Petrel.Aws.DynamoDbStreams.Record;

namespace Petrel.Tests.DynamoDb.Streams;

public sealed class StreamsServiceTests
{
    private readonly StreamWorld _world = new();

    [Fact]
    public async Task Records_OfAnItemsLife_SayWhatChanged()
    {
        var table = await _world.CreateAsync();
        var (fred, named) = (StreamWorld.Item("Fred"), StreamWorld.Item("Fred", ("name", AttributeValue.Of("Fred"))));
        await _world.WriteAsync(table, null, fred);
        await _world.WriteAsync(table, fred, named);
        await _world.WriteAsync(table, named, null);
        var records = await _world.ReadAsync(table);
        Assert.Equal(["INSERT", "MODIFY", "REMOVE"], records.Select(r => r.EventName));
        Assert.Equal([12L, 26L, 20L], records.Select(r => r.DynamoDb.SizeBytes));
        Assert.Equal((null, fred), (records[0].DynamoDb.OldImage, records[0].DynamoDb.NewImage));
        Assert.Equal((fred, named), (records[1].DynamoDb.OldImage, records[1].DynamoDb.NewImage));
        Assert.Equal((named, null), (records[2].DynamoDb.OldImage, records[2].DynamoDb.NewImage));
        Assert.All(records, r => Assert.Equal(fred, r.DynamoDb.Keys));
        Assert.All(records, r => Assert.Equal(("1.1", "aws:dynamodb", StreamWorld.Region), (r.EventVersion, r.EventSource, r.AwsRegion)));
        Assert.Equal(3, records.Select(r => r.EventId).Distinct().Count());
        Assert.All(records, r => Assert.Equal(32, r.EventId.Length));
        Assert.Equal(records.Select(r => r.EventId), (await _world.ReadAsync(table)).Select(r => r.EventId));
        Assert.Equal(records.Select(r => r.DynamoDb.SequenceNumber).Order(StringComparer.Ordinal), records.Select(r => r.DynamoDb.SequenceNumber));
    }

    [Theory]
    [InlineData("KEYS_ONLY", false, false, 10)]
    [InlineData("NEW_IMAGE", true, false, 25)]
    [InlineData("OLD_IMAGE", false, true, 22)]
    [InlineData("NEW_AND_OLD_IMAGES", true, true, 37)]
    public async Task Records_OfEachView_HaveItsImages(string view, bool hasNew, bool hasOld, int size)
    {
        var table = await _world.CreateAsync(view: view);
        await _world.WriteAsync(
            table, StreamWorld.Item("Username", ("n", AttributeValue.Of("1"))), StreamWorld.Item("Username", ("name", AttributeValue.Of("x"))));
        var record = Assert.Single(await _world.ReadAsync(table)).DynamoDb;
        Assert.Equal((view, hasNew, hasOld), (record.StreamViewType, record.NewImage is not null, record.OldImage is not null));
        Assert.Equal(size, record.SizeBytes);
    }

    [Fact]
    public async Task Write_ThatChangesNothing_HasNoRecord()
    {
        var table = await _world.CreateAsync();
        var item = StreamWorld.Item("a", ("n", AttributeValue.Of("1")), ("m", AttributeValue.Of("2")));
        await _world.WriteAsync(table, item, StreamWorld.Item("a", ("m", AttributeValue.Of("2")), ("n", AttributeValue.Of("1"))));
        await _world.WriteAsync(table, null, StreamWorld.Item("b"));
        Assert.Equal("b", Assert.Single(await _world.ReadAsync(table)).DynamoDb.Keys["id"].Text);
    }

    [Fact]
    public async Task Write_OfExpiry_SaysWhoItWas()
    {
        var table = await _world.CreateAsync();
        await _world.WriteAsync(table, StreamWorld.Item("a"), null, ItemWriterIdentity.TimeToLive);
        Assert.Equal(new StreamIdentity("dynamodb.amazonaws.com", "Service"), Assert.Single(await _world.ReadAsync(table)).UserIdentity);
    }

    [Fact]
    public async Task Keys_OfASortedTable_AreBoth()
    {
        var table = await _world.CreateAsync(sorted: true);
        await _world.WriteAsync(table, null, StreamWorld.Item("a", ("at", AttributeValue.Of(DynamoNumber.Parse("7"))), ("x", AttributeValue.Of("y"))));
        Assert.Equal(["at", "id"], Assert.Single(await _world.ReadAsync(table)).DynamoDb.Keys.Keys.Order());
    }

    [Fact]
    public async Task ListStreams_OfATable_IsPaged()
    {
        var tables = new[] { await _world.CreateAsync("aaa"), await _world.CreateAsync("bbb"), await _world.CreateAsync("ccc") };
        var first = await _world.Api.ListStreams(new ListStreamsRequest(Limit: 2), StreamWorld.Call());
        var second = await _world.Api.ListStreams(new ListStreamsRequest(Limit: 2, ExclusiveStartStreamArn: first.LastEvaluatedStreamArn), StreamWorld.Call());
        Assert.Equal(tables.Select(StreamWorld.ArnOf), first.Streams.Concat(second.Streams).Select(s => s.StreamArn));
        Assert.Null(second.LastEvaluatedStreamArn);
        var one = Assert.Single((await _world.Api.ListStreams(new ListStreamsRequest("bbb"), StreamWorld.Call())).Streams);
        Assert.Equal(("bbb", tables[1].Stream!.Label), (one.TableName, one.StreamLabel));
        Assert.Empty((await _world.Api.ListStreams(new ListStreamsRequest(), StreamWorld.Call("222222222222"))).Streams);
    }

    [Fact]
    public async Task DescribeStream_Shards_AreOpenUntilItIsClosed()
    {
        var table = await _world.CreateAsync(shards: 3, sorted: true);
        var open = await DescribeAsync(new DescribeStreamRequest(StreamWorld.ArnOf(table)));
        Assert.Equal(("ENABLED", 3, "orders"), (open.StreamStatus, open.Shards.Count, open.TableName));
        Assert.Equal([("id", "HASH"), ("at", "RANGE")], open.KeySchema.Select(k => (k.AttributeName, k.KeyType)));
        Assert.All(open.Shards, shard => Assert.Null(shard.SequenceNumberRange.EndingSequenceNumber));
        Assert.All(open.Shards, shard => Assert.InRange(shard.ShardId.Length, 28, 65));
        await _world.CloseAsync(table);
        var closed = await DescribeAsync(new DescribeStreamRequest(StreamWorld.ArnOf(table)));
        Assert.Equal("DISABLED", closed.StreamStatus);
        Assert.All(closed.Shards, shard => Assert.NotNull(shard.SequenceNumberRange.EndingSequenceNumber));
    }

    [Fact]
    public async Task DescribeStream_LimitAndStart_PageItsShards()
    {
        var table = await _world.CreateAsync(shards: 3);
        var arn = StreamWorld.ArnOf(table);
        var first = await DescribeAsync(new DescribeStreamRequest(arn, 2));
        var second = await DescribeAsync(new DescribeStreamRequest(arn, 2, first.LastEvaluatedShardId));
        Assert.Equal((2, 1, null), (first.Shards.Count, second.Shards.Count, second.LastEvaluatedShardId));
        Assert.Empty((await DescribeAsync(new DescribeStreamRequest(arn, ShardFilter: new ShardFilter("CHILD_SHARDS", first.Shards[0].ShardId)))).Shards);
    }

    [Fact]
    public async Task GetRecords_Iterators_BeginWhereTheySay()
    {
        var table = await _world.CreateAsync();
        await _world.WriteAsync(table, null, StreamWorld.Item("a"));
        await _world.WriteAsync(table, null, StreamWorld.Item("b"));
        var latest = await _world.IteratorAsync(table, "LATEST");
        await _world.WriteAsync(table, null, StreamWorld.Item("c"));
        var sequence = (await _world.ReadAsync(table))[1].DynamoDb.SequenceNumber;
        Assert.Equal(["a", "b", "c"], Ids(await _world.ReadAsync(table)));
        Assert.Equal(["b", "c"], Ids(await _world.ReadAsync(table, "AT_SEQUENCE_NUMBER", sequence)));
        Assert.Equal(["c"], Ids(await _world.ReadAsync(table, "AFTER_SEQUENCE_NUMBER", sequence)));
        Assert.Equal(["c"], Ids((await GetAsync(latest)).Records));
        var start = (await DescribeAsync(new DescribeStreamRequest(StreamWorld.ArnOf(table)))).Shards[0].SequenceNumberRange.StartingSequenceNumber;
        Assert.Equal(["a", "b", "c"], Ids(await _world.ReadAsync(table, "AT_SEQUENCE_NUMBER", start)));
    }

    [Fact]
    public async Task GetRecords_Pages_GoOnAlsoAfterARestart()
    {
        var table = await _world.CreateAsync();
        for (var i = 0; i < 5; i++)
        {
            await _world.WriteAsync(table, null, StreamWorld.Item($"{i}"));
        }

        var first = await GetAsync(await _world.IteratorAsync(table), 2);
        var restarted = new StreamWorld(_world.Store);
        var second = await restarted.Api.GetRecords(new GetRecordsRequest(first.NextShardIterator!), StreamWorld.Call());
        Assert.Equal(["0", "1", "2", "3", "4"], Ids([.. first.Records, .. second.Records]));
        Assert.Empty((await restarted.Api.GetRecords(new GetRecordsRequest(second.NextShardIterator!), StreamWorld.Call())).Records);
    }

    [Fact]
    public async Task GetRecords_LargeItems_StayNearAMegabyte()
    {
        var table = await _world.CreateAsync(view: "NEW_IMAGE");
        for (var i = 0; i < 10; i++)
        {
            await _world.WriteAsync(table, null, StreamWorld.Item($"{i}", ("x", AttributeValue.Of(new string('x', 300_000)))));
        }

        Assert.Equal(4, (await GetAsync(await _world.IteratorAsync(table))).Records.Count);
    }

    [Fact]
    public async Task GetRecords_ClosedStream_IsReadToItsEnd()
    {
        var table = await _world.CreateAsync();
        await _world.WriteAsync(table, null, StreamWorld.Item("a"));
        await _world.WriteAsync(table, null, StreamWorld.Item("b"));
        await _world.CloseAsync(table);
        var first = await GetAsync(await _world.IteratorAsync(table), 1);
        var second = await GetAsync(first.NextShardIterator!);
        Assert.Equal(["a", "b"], Ids([.. first.Records, .. second.Records]));
        Assert.Null(second.NextShardIterator);
    }

    [Fact]
    public async Task GetRecords_IteratorOfSixteenMinutes_HasExpired()
    {
        var table = await _world.CreateAsync();
        var iterator = await _world.IteratorAsync(table);
        _world.Clock.Advance(TimeSpan.FromMinutes(15));
        await GetAsync(iterator);
        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<ExpiredIteratorException>(() => GetAsync(iterator));
    }

    [Fact]
    public async Task Retention_RecordsOfADay_StayAndThenGo()
    {
        var table = await _world.CreateAsync();
        await _world.WriteAsync(table, null, StreamWorld.Item("a"));
        var old = (await _world.ReadAsync(table))[0].DynamoDb.SequenceNumber;
        _world.Clock.Advance(TimeSpan.FromHours(24));
        await _world.Sweeper.SweepAsync(default);
        Assert.Single(await _world.ReadAsync(table));
        await _world.WriteAsync(table, null, StreamWorld.Item("b"));
        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        await _world.Sweeper.SweepAsync(default);
        Assert.Equal(["b"], Ids(await _world.ReadAsync(table)));
        await Assert.ThrowsAsync<TrimmedDataAccessException>(() => _world.IteratorAsync(table, "AT_SEQUENCE_NUMBER", old));
        Assert.Equal(["b"], Ids(await _world.ReadAsync(table, "AFTER_SEQUENCE_NUMBER", old)));
    }

    [Fact]
    public async Task Retention_ClosedStream_StaysADay()
    {
        var table = await _world.CreateAsync();
        await _world.CloseAsync(table);
        _world.Clock.Advance(TimeSpan.FromHours(24));
        await _world.Sweeper.SweepAsync(default);
        Assert.Equal("DISABLED", (await DescribeAsync(new DescribeStreamRequest(StreamWorld.ArnOf(table)))).StreamStatus);
        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        await _world.Sweeper.SweepAsync(default);
        var gone = await Assert.ThrowsAsync<ResourceNotFoundException>(() => DescribeAsync(new DescribeStreamRequest(StreamWorld.ArnOf(table))));
        Assert.Equal($"Requested resource not found: Stream: {StreamWorld.ArnOf(table)} not found", gone.Message);
    }

    [Fact]
    public async Task BadRequests_OfEveryKind_AreTheClients()
    {
        var table = await _world.CreateAsync();
        var (arn, shard) = (StreamWorld.ArnOf(table), await _world.ShardAsync(table));
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => DescribeAsync(new DescribeStreamRequest(arn.Replace("orders", "other", StringComparison.Ordinal))));
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => DescribeAsync(new DescribeStreamRequest("arn:aws:dynamodb:eu-west-1:222222222222:table/orders/stream/x")));
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => _world.Api.GetShardIterator(
            new GetShardIteratorRequest(arn, shard[..^1] + "9", "LATEST"), StreamWorld.Call()));
        await Assert.ThrowsAsync<CommonException>(() => _world.IteratorAsync(table, "AT_SEQUENCE_NUMBER"));
        await Assert.ThrowsAsync<CommonException>(() => _world.IteratorAsync(table, "AT_SEQUENCE_NUMBER", "000000000000000000000x"));
        var iterator = await _world.IteratorAsync(table);
        foreach (var bad in (string[])["x", "|1|", iterator[..^1], iterator + "A", iterator.Replace("|1|", "|2|", StringComparison.Ordinal)])
        {
            await Assert.ThrowsAsync<CommonException>(() => GetAsync(bad));
        }

        await Assert.ThrowsAsync<ResourceNotFoundException>(() => _world.Api.GetRecords(new GetRecordsRequest(iterator), StreamWorld.Call("222222222222")));
    }

    [Fact]
    public async Task Shards_ItemsOfOneKey_AreInOneAndInOrder()
    {
        var table = await _world.CreateAsync(shards: 4);
        for (var i = 0; i < 200; i++)
        {
            await _world.WriteAsync(table, null, StreamWorld.Item($"k{i % 10}", ("n", AttributeValue.Of($"{i}"))));
        }

        var found = new List<(int Shard, string Key, int Number)>();
        for (var shard = 0; shard < 4; shard++)
        {
            var records = (await GetAsync(await _world.IteratorAsync(table, shard: shard))).Records;
            found.AddRange(records.Select(r => (shard, r.DynamoDb.Keys["id"].Text, int.Parse(r.DynamoDb.NewImage!["n"].Text))));
        }

        Assert.Equal(Enumerable.Range(0, 200), found.Select(f => f.Number).Order());
        Assert.All(found.GroupBy(f => f.Key), ofKey => Assert.Single(ofKey.Select(f => f.Shard).Distinct()));
        Assert.All(found.GroupBy(f => f.Key), ofKey => Assert.Equal(ofKey.Select(f => f.Number).Order(), ofKey.Select(f => f.Number)));
    }

    private static IEnumerable<string> Ids(IEnumerable<Record> records) => records.Select(r => r.DynamoDb.Keys["id"].Text);

    private Task<GetRecordsResult> GetAsync(string iterator, int? limit = null) =>
        _world.Api.GetRecords(new GetRecordsRequest(iterator, limit), StreamWorld.Call());

    private async Task<StreamDescription> DescribeAsync(DescribeStreamRequest request) =>
        (await _world.Api.DescribeStream(request, StreamWorld.Call())).StreamDescription;
}
