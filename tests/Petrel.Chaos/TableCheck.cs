using System.Text.Json.Nodes;
using Petrel.Client;

namespace Petrel.Chaos;

/// <summary>What a table, its index and its stream hold, and whether they agree with one another and with what was acknowledged.</summary>
internal sealed class TableCheck(ApiClient api)
{
    private readonly List<string> _wrong = [];

    /// <summary>What is wrong; empty when nothing is.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(TableLoad load)
    {
        var items = await ScanAsync(null);
        CheckOwnKeys(load, items);
        CheckCounters(load, items);
        CheckAccounts(load, items);
        CheckIndex(items, await ScanAsync("byOwner"));
        CheckStream(await ReadStreamAsync(), await ScanAsync(null));
        return _wrong;
    }

    /// <summary>What the table holds.</summary>
    public Task<Dictionary<string, JsonObject>> NowAsync() => ScanAsync(null);

    /// <summary>Whether every item whose time had passed is gone.</summary>
    public async Task<bool> IsExpiredGoneAsync(TableLoad load)
    {
        var items = await ScanAsync(null);
        return !load.Expired.Any(items.ContainsKey);
    }

    private void CheckOwnKeys(TableLoad load, Dictionary<string, JsonObject> items)
    {
        foreach (var (key, (known, maybe, unsure)) in load.Keys)
        {
            int? found = items.TryGetValue(key, out var item) ? (int)Number(item, "version") : null;
            if (found != known && !(unsure && found == maybe))
            {
                _wrong.Add($"{key} is {found?.ToString() ?? "not there"}, was acknowledged as {known?.ToString() ?? "not there"}{(unsure ? $" and asked to be {maybe?.ToString() ?? "deleted"}" : "")}");
            }
        }

        _wrong.AddRange(items.Keys.Where(k => k.StartsWith("own-", StringComparison.Ordinal) && !load.Keys.ContainsKey(k)).Select(k => $"nobody wrote {k}"));
    }

    private void CheckCounters(TableLoad load, Dictionary<string, JsonObject> items)
    {
        foreach (var (key, (known, unsure)) in load.Raises)
        {
            var value = items.TryGetValue(key, out var item) ? Number(item, "n") : 0;
            if (value < known || value > known + unsure)
            {
                _wrong.Add($"{key} is {value}, was raised {known} times for sure and {unsure} times perhaps");
            }
        }
    }

    /// <summary>Every account is what its receipts make of it: a transfer that is half there would show.</summary>
    private void CheckAccounts(TableLoad load, Dictionary<string, JsonObject> items)
    {
        _wrong.AddRange(load.Receipts.Where(r => !items.ContainsKey(r)).Select(r => $"{r} was acknowledged, and is not there"));
        var balances = Enumerable.Repeat((long)TableLoad.StartBalance, TableLoad.Accounts).ToArray();
        foreach (var (_, receipt) in items.Where(i => i.Key.StartsWith("receipt-", StringComparison.Ordinal)))
        {
            balances[Number(receipt, "from")] -= Number(receipt, "amount");
            balances[Number(receipt, "to")] += Number(receipt, "amount");
        }

        for (var i = 0; i < balances.Length; i++)
        {
            if (Number(items[$"account-{i}"], "balance") != balances[i])
            {
                _wrong.Add($"account-{i} has {Number(items[$"account-{i}"], "balance")}, by its receipts {balances[i]}");
            }
        }
    }

    private void CheckIndex(Dictionary<string, JsonObject> items, Dictionary<string, JsonObject> entries)
    {
        // What expires between the two readings is in one of them only.
        bool Expires(JsonObject item) => item.ContainsKey("expires");
        foreach (var (key, item) in items.Where(i => i.Value.ContainsKey("owner") && !Expires(i.Value)))
        {
            if (!entries.TryGetValue(key, out var entry) || !JsonNode.DeepEquals(entry, item))
            {
                _wrong.Add($"the index has {entry?.ToJsonString() ?? "nothing"} for {item.ToJsonString()}");
            }
        }

        _wrong.AddRange(entries.Where(e => !items.ContainsKey(e.Key) && !Expires(e.Value)).Select(e => $"the index has {e.Key}, the table has not"));
    }

    /// <summary>Each key's changes follow one another, image by image, and end with what is in the table.</summary>
    private void CheckStream(List<JsonNode> records, Dictionary<string, JsonObject> items)
    {
        var last = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            var change = record["dynamodb"]!;
            var key = change["Keys"]!["pk"]!["S"]!.GetValue<string>();
            if (!JsonNode.DeepEquals(last.GetValueOrDefault(key), change["OldImage"]))
            {
                _wrong.Add($"the stream tells of {key} {change["OldImage"]?.ToJsonString() ?? "nothing"} after {last.GetValueOrDefault(key)?.ToJsonString() ?? "nothing"}");
            }

            var expected = (change["OldImage"], change["NewImage"]) switch { (null, _) => "INSERT", (_, null) => "REMOVE", _ => "MODIFY" };
            if (record["eventName"]!.GetValue<string>() != expected)
            {
                _wrong.Add($"the stream calls a change of {key} {record["eventName"]}, which is {expected}");
            }

            last[key] = change["NewImage"];
        }

        foreach (var key in last.Keys.Union(items.Keys))
        {
            if (!JsonNode.DeepEquals(last.GetValueOrDefault(key), items.GetValueOrDefault(key)))
            {
                _wrong.Add($"the stream ends {key} with {last.GetValueOrDefault(key)?.ToJsonString() ?? "nothing"}, the table has {items.GetValueOrDefault(key)?.ToJsonString() ?? "nothing"}");
            }
        }
    }

    private async Task<Dictionary<string, JsonObject>> ScanAsync(string? index)
    {
        var items = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        JsonNode? start = null;
        do
        {
            var request = new JsonObject { ["TableName"] = TableLoad.Table };
            if (index is null)
            {
                request["ConsistentRead"] = true;
            }
            else
            {
                request["IndexName"] = index;
            }

            if (start is not null)
            {
                request["ExclusiveStartKey"] = start.DeepClone();
            }

            var page = await TableLoad.CallAsync(api, "Scan", request);
            foreach (var item in page["Items"]!.AsArray())
            {
                items[item!["pk"]!["S"]!.GetValue<string>()] = item.AsObject();
            }

            start = page["LastEvaluatedKey"];
        }
        while (start is not null);
        return items;
    }

    private async Task<List<JsonNode>> ReadStreamAsync()
    {
        var arn = (await TableLoad.CallAsync(api, "DescribeTable", new JsonObject { ["TableName"] = TableLoad.Table }))["Table"]!["LatestStreamArn"]!.GetValue<string>();
        var stream = await StreamAsync("DescribeStream", new JsonObject { ["StreamArn"] = arn });
        var records = new List<JsonNode>();
        foreach (var shard in stream["StreamDescription"]!["Shards"]!.AsArray())
        {
            var first = new JsonObject { ["StreamArn"] = arn, ["ShardId"] = shard!["ShardId"]!.DeepClone(), ["ShardIteratorType"] = "TRIM_HORIZON" };
            var iterator = (await StreamAsync("GetShardIterator", first))["ShardIterator"];
            for (var empty = 0; iterator is not null && empty < 2;)
            {
                var page = await StreamAsync("GetRecords", new JsonObject { ["ShardIterator"] = iterator.DeepClone() });
                var found = page["Records"]!.AsArray();
                records.AddRange(found.Select(r => r!));
                empty = found.Count == 0 ? empty + 1 : 0;
                iterator = page["NextShardIterator"];
            }
        }

        return records;
    }

    private async Task<JsonObject> StreamAsync(string operation, JsonObject request) =>
        (await api.TargetAsync("1.0", "dynamodb", $"DynamoDBStreams_20120810.{operation}", request, default))!.AsObject();

    private static long Number(JsonObject item, string name) => long.Parse(item[name]!["N"]!.GetValue<string>());
}
