using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Model.Values;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>TransactGetItems: up to 100 items as they were at one moment. It counts twice what other reads count.</summary>
internal sealed class TransactionReads(IStore store, TableCache tables, ThroughputGuard throughput, TableAccess access)
{
    public async Task<TransactGetItemsResult> GetAsync(TransactGetItemsRequest request, CallContext call)
    {
        var wanted = request.TransactItems;
        var projections = wanted.ConvertAll(static item => ProjectionOf(item.Get));
        var found = new List<TableState>(wanted.Count);
        foreach (var item in wanted)
        {
            var key = TableNames.ParseNested(item.Get.TableName, call);
            await access.AuthorizeAsync("GetItem", key, call, [item.Get.Key]);
            found.Add(await tables.GetAsync(key, call.Aborted));
        }

        var keys = Keys(wanted, found);
        Admit(found);
        var items = await store.ReadAsync(tx => ItemStore.FindManyAsync(tx, keys), call.Aborted);
        TransactionLimit.Check(items);
        var tallies = new Dictionary<string, CapacityTally>();
        var responses = new List<ItemResponse>(wanted.Count);
        for (var i = 0; i < items.Count; i++)
        {
            var units = TransactionLimit.Factor * CapacityUnits.OfRead(items[i]?.SizeBytes ?? 0, consistent: true);
            throughput.ChargeRead(found[i], null, units);
            TransactionLimit.TallyOf(tallies, wanted[i].Get.TableName, found[i]).Add(units, []);
            responses.Add(new ItemResponse(items[i] is { } item && projections[i] is { } projection ? projection.Project(item) : items[i]));
        }

        return new TransactGetItemsResult(
            responses, CapacityTally.ReportAll(tallies.Values, request.ReturnConsumedCapacity, CapacityUse.TransactionRead));
    }

    private static Projection? ProjectionOf(TransactionGet get)
    {
        ItemReads.CheckParameters(get.ProjectionExpression, get.ExpressionAttributeNames, null);
        get.Key.ThrowIfBad();
        return ItemReads.ProjectionOf(get.ProjectionExpression, get.ExpressionAttributeNames, null);
    }

    private static List<Key> Keys(List<TransactGetItem> wanted, List<TableState> found)
    {
        var keys = new List<Key>(wanted.Count);
        for (var i = 0; i < wanted.Count; i++)
        {
            ItemRules.CheckKeyIsFilled(found[i].Keys, wanted[i].Get.Key);
            try
            {
                ItemRules.CheckKey(found[i].Keys, wanted[i].Get.Key);
            }
            catch (CommonException problem)
            {
                throw Cancellations.Of(wanted.Count, i, Cancellations.Invalid(problem));
            }

            keys.Add(ItemKeys.OfItem(found[i], wanted[i].Get.Key));
        }

        return keys;
    }

    private void Admit(List<TableState> found)
    {
        for (var i = 0; i < found.Count; i++)
        {
            try
            {
                throughput.AdmitRead(found[i]);
            }
            catch (ServiceException refusal)
            {
                throw Cancellations.Of(found.Count, i, Cancellations.Throttled(refusal));
            }
        }
    }
}

/// <summary>What transactions of both kinds have in common.</summary>
internal static class TransactionLimit
{
    /// <summary>Transactions prepare and commit, and count as two.</summary>
    public const int Factor = 2;

    /// <summary>The service's limit for all items of a transaction together.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    public static void Check(IReadOnlyList<EncodedItem?> items)
    {
        long bytes = 0;
        foreach (var item in items)
        {
            bytes += item?.SizeBytes ?? 0;
        }

        Check(bytes);
    }

    public static void Check(long bytes)
    {
        if (bytes > MaxBytes)
        {
            throw CommonException.Validation($"Transaction payload size cannot exceed {MaxBytes} bytes");
        }
    }

    public static CapacityTally TallyOf(Dictionary<string, CapacityTally> tallies, string name, TableState table)
    {
        if (!tallies.TryGetValue(name, out var tally))
        {
            tallies.Add(name, tally = new CapacityTally(name, table));
        }

        return tally;
    }
}

/// <summary>Why transactions are cancelled: one reason an item, in order.</summary>
internal static class Cancellations
{
    private static readonly CancellationReason None = new("None");

    public static CancellationReason ConditionFailed(AttributeMap? item) =>
        new("ConditionalCheckFailed", ConditionalCheckFailedException.DefaultMessage, item);

    public static CancellationReason Invalid(ServiceException problem) => new("ValidationError", problem.Message);

    public static CancellationReason TooLarge(ServiceException problem) => new("ItemCollectionSizeLimitExceeded", problem.Message);

    public static CancellationReason Throttled(ServiceException refusal) => new(
        refusal is ProvisionedThroughputExceededException ? "ProvisionedThroughputExceeded" : "ThrottlingError", refusal.Message);

    /// <summary>One item's reason among items that had none.</summary>
    public static TransactionCanceledException Of(int count, int at, CancellationReason reason)
    {
        var reasons = Start(count);
        reasons[at] = reason;
        return new TransactionCanceledException(reasons);
    }

    public static CancellationReason[] Start(int count)
    {
        var reasons = new CancellationReason[count];
        Array.Fill(reasons, None);
        return reasons;
    }
}
