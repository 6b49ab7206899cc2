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

/// <summary>Reads of one item. The store shows every reader the last durable state, so that consistent reads cost no more; they only count more.</summary>
internal sealed class ItemReads(IStore store, TableCache tables, ThroughputGuard throughput)
{
    public async Task<GetItemResult> GetAsync(GetItemRequest request, CallContext call)
    {
        CheckParameters(request.ProjectionExpression, request.ExpressionAttributeNames, request.AttributesToGet);
        request.Key.ThrowIfBad();
        var projection = ProjectionOf(request.ProjectionExpression, request.ExpressionAttributeNames, request.AttributesToGet);
        var table = await tables.GetAsync(TableNames.Parse(request.TableName, call), call.Aborted);
        ItemRules.CheckKey(table.Keys, request.Key);
        ItemRules.CheckScalars(table, projection?.NestedAttributes);
        throughput.AdmitRead(table);
        var key = ItemKeys.OfItem(table, request.Key);
        var item = await store.ReadAsync(tx => ItemStore.FindAsync(tx, key), call.Aborted);
        var units = CapacityUnits.OfRead(item?.SizeBytes ?? 0, request.ConsistentRead);
        throughput.ChargeRead(table, null, units);
        return new GetItemResult(
            item is null || projection is null ? item : projection.Project(item),
            Report(request.TableName, table, units, request.ReturnConsumedCapacity));
    }

    /// <summary>Checks which parameters of a read stand together.</summary>
    public static void CheckParameters(string? expression, Dictionary<string, string>? names, List<string>? attributesToGet)
    {
        if (expression is not null || names is not null)
        {
            ParameterRules.Check(
                [new("ProjectionExpression", expression is not null)],
                [new("AttributesToGet", attributesToGet is not null)],
                names is not null,
                hasValues: false);
        }
    }

    /// <summary>The projection of a read; null for whole items.</summary>
    public static Projection? ProjectionOf(string? expression, Dictionary<string, string>? names, List<string>? attributesToGet)
    {
        if (expression is null)
        {
            return attributesToGet is null ? null : Projection.Of(attributesToGet);
        }

        var scope = new ExpressionScope(names, null);
        var projection = Projection.Parse(expression, scope);
        scope.ThrowIfUnused();
        return projection;
    }

    private static ConsumedCapacity? Report(string name, TableState table, double units, string? mode)
    {
        if (mode is null)
        {
            return null;
        }

        var tally = new CapacityTally(name, table);
        tally.Add(units, []);
        return tally.Report(mode);
    }
}
