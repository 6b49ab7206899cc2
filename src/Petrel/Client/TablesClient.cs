using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Petrel.Tables;

namespace Petrel.Client;

/// <summary>Tables and their items.</summary>
internal sealed class TablesClient(ApiClient api, string program, TimeProvider time)
{
    /// <summary>A batch has no more (the service's limit).</summary>
    public const int MaxBatchItems = 25;

    /// <summary>Between looks at a table that is being made.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? last = null;
        do
        {
            var page = await CallAsync("ListTables", last is null ? [] : new JsonObject { ["ExclusiveStartTableName"] = last }, cancellationToken);
            foreach (var name in page["TableNames"]!.AsArray())
            {
                yield return name!.GetValue<string>();
            }

            last = page["LastEvaluatedTableName"]?.GetValue<string>();
        }
        while (last is not null);
    }

    /// <exception cref="CliException">There is no such table.</exception>
    public async Task<JsonNode> DescribeAsync(string table, CancellationToken cancellationToken)
    {
        try
        {
            return (await CallAsync("DescribeTable", new JsonObject { ["TableName"] = table }, cancellationToken))["Table"]!;
        }
        catch (ApiException e) when (e.Code == "ResourceNotFoundException")
        {
            throw new CliException($"there is no table {table}", $"see what there is: {program} table ls", e);
        }
    }

    public async Task<TableShape> ShapeAsync(string table, CancellationToken cancellationToken) =>
        TableShape.Of(await DescribeAsync(table, cancellationToken));

    /// <summary>Makes a table and waits until it takes items.</summary>
    public async Task CreateAsync(JsonObject request, CancellationToken cancellationToken)
    {
        var name = request["TableName"]!.GetValue<string>();
        var table = (await CallAsync("CreateTable", request, cancellationToken))["TableDescription"]!;
        while (table["TableStatus"]!.GetValue<string>() == "CREATING")
        {
            await Task.Delay(PollInterval, time, cancellationToken);
            table = await DescribeAsync(name, cancellationToken);
        }
    }

    /// <summary>When items expire: the attribute that says it; null where they do not.</summary>
    public async Task<string?> ExpiryAttributeAsync(string table, CancellationToken cancellationToken)
    {
        var answer = await CallAsync("DescribeTimeToLive", new JsonObject { ["TableName"] = table }, cancellationToken);
        return answer["TimeToLiveDescription"]?["AttributeName"]?.GetValue<string>();
    }

    public async Task<JsonObject?> GetAsync(string table, JsonObject key, CancellationToken cancellationToken) =>
        (await CallAsync("GetItem", new JsonObject { ["TableName"] = table, ["Key"] = key, ["ConsistentRead"] = true }, cancellationToken))["Item"]?.AsObject();

    /// <returns>False where nothing may be replaced and the item is there.</returns>
    public async Task<bool> PutAsync(TableShape table, JsonObject item, bool onlyNew, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["TableName"] = table.Name, ["Item"] = item };
        if (onlyNew)
        {
            request["ConditionExpression"] = "attribute_not_exists(#key)";
            request["ExpressionAttributeNames"] = new JsonObject { ["#key"] = table.Partition.Name };
        }

        try
        {
            await CallAsync("PutItem", request, cancellationToken);
            return true;
        }
        catch (ApiException e) when (onlyNew && e.Code == "ConditionalCheckFailedException")
        {
            return false;
        }
    }

    /// <returns>The item as it was; null when it was not there.</returns>
    public async Task<JsonObject?> DeleteAsync(string table, JsonObject key, CancellationToken cancellationToken) =>
        (await CallAsync("DeleteItem", new JsonObject { ["TableName"] = table, ["Key"] = key, ["ReturnValues"] = "ALL_OLD" }, cancellationToken))
            ["Attributes"]?.AsObject();

    /// <summary>The items of a scan, page by page.</summary>
    /// <param name="request">Without the table's start key; it is changed.</param>
    public async IAsyncEnumerable<JsonArray> ScanAsync(JsonObject request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await CallAsync("Scan", request, cancellationToken);
            yield return page["Items"]!.AsArray();
            if (page["LastEvaluatedKey"] is not { } last)
            {
                yield break;
            }

            request["ExclusiveStartKey"] = last.DeepClone();
        }
    }

    /// <returns>The put requests that were not carried out.</returns>
    public async Task<JsonArray> WriteBatchAsync(string table, JsonArray puts, CancellationToken cancellationToken)
    {
        var answer = await CallAsync("BatchWriteItem", new JsonObject { ["RequestItems"] = new JsonObject { [table] = puts } }, cancellationToken);
        return answer["UnprocessedItems"]?[table]?.DeepClone().AsArray() ?? [];
    }

    public async Task<JsonObject> CallAsync(string operation, JsonObject request, CancellationToken cancellationToken) =>
        (await api.TargetAsync("1.0", "dynamodb", $"DynamoDB_20120810.{operation}", request, cancellationToken))?.AsObject() ?? [];
}
