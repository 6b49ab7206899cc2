using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Petrel.Client;

namespace Petrel.Chaos;

/// <summary>
/// Writers of a table that know what must be in it: keys that one writer owns, counters that several raise under a condition, and accounts
/// between which transactions move money, each leaving a receipt.
/// </summary>
internal sealed class TableLoad(int seed)
{
    public const string Table = "chaos";
    public const int Accounts = 12;
    public const int Counters = 3;
    public const int StartBalance = 1_000;

    /// <summary>Items of a writer.</summary>
    private const int OwnKeys = 40;

    private int _lastReceipt;
    private int _expiring;

    /// <summary>What each writer's key holds by its last acknowledged write: a version, or none. The second is that of a write whose answer never came.</summary>
    public ConcurrentDictionary<string, (int? Known, int? Maybe, bool Unsure)> Keys { get; } = new(StringComparer.Ordinal);

    /// <summary>Raises that were acknowledged, and those whose answer never came.</summary>
    public ConcurrentDictionary<string, (int Known, int Unsure)> Raises { get; } = new(StringComparer.Ordinal);

    /// <summary>Receipts of transfers that were acknowledged.</summary>
    public ConcurrentBag<string> Receipts { get; } = [];

    /// <summary>Keys of items that were written with an expiry that has passed.</summary>
    public ConcurrentBag<string> Expired { get; } = [];

    /// <summary>Answers that must not be.</summary>
    public ConcurrentQueue<string> Wrong { get; } = new();

    public int Writes => Keys.Count + Receipts.Count;

    public static async Task CreateAsync(ApiClient api)
    {
        await CallAsync(api, "CreateTable", JsonNode.Parse($$$"""
            {
              "TableName": "{{{Table}}}", "BillingMode": "PAY_PER_REQUEST",
              "AttributeDefinitions": [{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"owner","AttributeType":"S"}],
              "KeySchema": [{"AttributeName":"pk","KeyType":"HASH"}],
              "GlobalSecondaryIndexes": [{"IndexName":"byOwner","KeySchema":[{"AttributeName":"owner","KeyType":"HASH"},{"AttributeName":"pk","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],
              "StreamSpecification": {"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}
            }
            """)!.AsObject());
        await CallAsync(api, "UpdateTimeToLive", JsonNode.Parse(
            $$"""{"TableName":"{{Table}}","TimeToLiveSpecification":{"AttributeName":"expires","Enabled":true} }""")!.AsObject());
        for (var i = 0; i < Accounts; i++)
        {
            await PutAsync(api, new JsonObject { ["pk"] = S($"account-{i}"), ["balance"] = N(StartBalance), ["owner"] = S("bank") });
        }
    }

    public static async Task<JsonObject> CallAsync(ApiClient api, string operation, JsonObject request) =>
        (await api.TargetAsync("1.0", "dynamodb", $"DynamoDB_20120810.{operation}", request, default))?.AsObject() ?? [];

    /// <summary>One writer, until told or until the daemon is gone.</summary>
    public async Task RunAsync(ApiClient api, int writer, Func<bool> over)
    {
        var random = new Random(seed + (writer * 1_000));
        while (!over())
        {
            try
            {
                await StepAsync(api, writer, random);
            }
            catch (ApiException e) when (e.Status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)
            {
                // A bound that was reached.
            }
            catch (ApiException e)
            {
                Wrong.Enqueue($"writer {writer}: {e.Describe()}");
            }
            catch (Exception) when (over())
            {
                return; // whatever the end of the daemon looks like from here
            }
        }
    }

    /// <summary>What was unsure when the daemon ended is known after a look.</summary>
    public void Settle(Dictionary<string, JsonObject> items)
    {
        foreach (var key in Keys.Keys)
        {
            Keys[key] = (items.TryGetValue(key, out var item) ? int.Parse(item["version"]!["N"]!.GetValue<string>()) : null, null, false);
        }

        foreach (var key in Raises.Keys)
        {
            Raises[key] = (items.TryGetValue(key, out var item) ? int.Parse(item["n"]!["N"]!.GetValue<string>()) : 0, 0);
        }
    }

    public static JsonObject S(string text) => new() { ["S"] = text };

    public static JsonObject N(long number) => new() { ["N"] = $"{number}" };

    private Task StepAsync(ApiClient api, int writer, Random random) => random.Next(10) switch
    {
        < 4 => PutOwnAsync(api, $"own-{writer}-{random.Next(OwnKeys)}", random),
        < 5 => DeleteOwnAsync(api, $"own-{writer}-{random.Next(OwnKeys)}"),
        < 7 => RaiseAsync(api, $"counter-{random.Next(Counters)}"),
        < 9 => TransferAsync(api, random),
        _ => random.Next(2) == 0 ? CheckSumAsync(api) : PutExpiredAsync(api),
    };

    private async Task PutOwnAsync(ApiClient api, string key, Random random)
    {
        var (known, _, _) = Keys.GetValueOrDefault(key);
        var version = (known ?? 0) + 1 + random.Next(3);
        Keys[key] = (known, version, true);
        await PutAsync(api, new JsonObject { ["pk"] = S(key), ["version"] = N(version), ["owner"] = S($"o{random.Next(8)}"), ["pad"] = S(new string('x', random.Next(400))) });
        Keys[key] = (version, null, false);
    }

    private async Task DeleteOwnAsync(ApiClient api, string key)
    {
        Keys[key] = (Keys.GetValueOrDefault(key).Known, null, true);
        await CallAsync(api, "DeleteItem", new JsonObject { ["TableName"] = Table, ["Key"] = new JsonObject { ["pk"] = S(key) } });
        Keys[key] = (null, null, false);
    }

    private async Task RaiseAsync(ApiClient api, string key)
    {
        var item = (await CallAsync(api, "GetItem", new JsonObject { ["TableName"] = Table, ["Key"] = new JsonObject { ["pk"] = S(key) }, ["ConsistentRead"] = true }))["Item"];
        var now = item?["n"]?["N"]?.GetValue<string>();
        var request = new JsonObject
        {
            ["TableName"] = Table,
            ["Key"] = new JsonObject { ["pk"] = S(key) },
            ["UpdateExpression"] = "SET n = :next",
            ["ConditionExpression"] = now is null ? "attribute_not_exists(n)" : "n = :now",
            ["ExpressionAttributeValues"] = new JsonObject { [":next"] = N(long.Parse(now ?? "0") + 1) },
        };
        if (now is not null)
        {
            request["ExpressionAttributeValues"]![":now"] = N(long.Parse(now));
        }

        Raises.AddOrUpdate(key, (0, 1), (_, r) => (r.Known, r.Unsure + 1));
        try
        {
            await CallAsync(api, "UpdateItem", request);
            Raises.AddOrUpdate(key, (0, 0), (_, r) => (r.Known + 1, r.Unsure - 1));
        }
        catch (ApiException)
        {
            // Somebody else was first.
            Raises.AddOrUpdate(key, (0, 0), (_, r) => (r.Known, r.Unsure - 1));
        }
    }

    private async Task TransferAsync(ApiClient api, Random random)
    {
        var from = random.Next(Accounts);
        var to = (from + 1 + random.Next(Accounts - 1)) % Accounts;
        var amount = random.Next(1, 50);
        var receipt = $"receipt-{Interlocked.Increment(ref _lastReceipt)}";
        var request = new JsonObject
        {
            ["TransactItems"] = new JsonArray(
                new JsonObject { ["Update"] = Update($"account-{from}", "SET balance = balance - :a", amount, "balance >= :a") },
                new JsonObject { ["Update"] = Update($"account-{to}", "ADD balance :a", amount, "attribute_exists(pk)") },
                new JsonObject { ["Put"] = new JsonObject { ["TableName"] = Table, ["Item"] = Receipt(receipt, from, to, amount), ["ConditionExpression"] = "attribute_not_exists(pk)" } }),
        };
        try
        {
            await CallAsync(api, "TransactWriteItems", request);
            Receipts.Add(receipt);
        }
        catch (ApiException e) when (e.Code is "TransactionCanceledException" or "TransactionConflictException")
        {
            // Too poor, or two at once.
        }
    }

    private static JsonObject Update(string key, string expression, int amount, string condition) => new()
    {
        ["TableName"] = Table,
        ["Key"] = new JsonObject { ["pk"] = S(key) },
        ["UpdateExpression"] = expression,
        ["ConditionExpression"] = condition,
        ["ExpressionAttributeValues"] = new JsonObject { [":a"] = N(amount) },
    };

    private static JsonObject Receipt(string key, int from, int to, int amount) =>
        new() { ["pk"] = S(key), ["from"] = N(from), ["to"] = N(to), ["amount"] = N(amount), ["owner"] = S("receipts") };

    /// <summary>All accounts in one reading: a half transfer would change their sum.</summary>
    private async Task CheckSumAsync(ApiClient api)
    {
        var gets = new JsonArray([.. Enumerable.Range(0, Accounts).Select(i =>
            new JsonObject { ["Get"] = new JsonObject { ["TableName"] = Table, ["Key"] = new JsonObject { ["pk"] = S($"account-{i}") } } })]);
        try
        {
            var answer = await CallAsync(api, "TransactGetItems", new JsonObject { ["TransactItems"] = gets });
            var sum = answer["Responses"]!.AsArray().Sum(r => long.Parse(r!["Item"]!["balance"]!["N"]!.GetValue<string>()));
            if (sum != Accounts * StartBalance)
            {
                Wrong.Enqueue($"accounts add up to {sum}");
            }
        }
        catch (ApiException e) when (e.Code == "TransactionCanceledException")
        {
            // Read while it was written.
        }
    }

    private async Task PutExpiredAsync(ApiClient api)
    {
        var key = $"expired-{Interlocked.Increment(ref _expiring)}";
        await PutAsync(api, new JsonObject { ["pk"] = S(key), ["owner"] = S("nobody"), ["expires"] = N(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 5) });
        Expired.Add(key);
    }

    private static Task PutAsync(ApiClient api, JsonObject item) => CallAsync(api, "PutItem", new JsonObject { ["TableName"] = Table, ["Item"] = item });
}
