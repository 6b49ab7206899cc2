using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.Legacy;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Model.Values;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>Writes of one item: what can be checked without the store is checked first, in the service's order; then one transaction.</summary>
internal sealed class ItemWrites(TableCache tables, SingleWrite write)
{
    public async Task<PutItemResult> PutAsync(PutItemRequest request, CallContext call)
    {
        WriteConditions.CheckParameters(
            request.ConditionExpression, request.Expected, request.ExpressionAttributeNames, request.ExpressionAttributeValues);
        request.Item.ThrowIfBad();
        CheckReturnValues(request.ReturnValues);
        var item = Encode(request.Item);
        var condition = WriteConditions.Read(
            request.ConditionExpression,
            request.ExpressionAttributeNames,
            request.ExpressionAttributeValues,
            request.Expected,
            request.ConditionalOperator);
        var table = await tables.GetAsync(TableNames.Parse(request.TableName, call), call.Aborted);
        ItemRules.CheckItem(table, request.Item);
        var plan = new WritePlan(table, ItemKeys.OfItem(table, request.Item), WriteKind.Put)
        {
            Item = item,
            Condition = condition,
            ReturnsItemOnFailure = request.ReturnValuesOnConditionCheckFailure == "ALL_OLD",
        };
        var outcome = await write.RunAsync(plan, call.Aborted);
        return new PutItemResult(
            request.ReturnValues == "ALL_OLD" ? outcome.Decision.Old : null,
            outcome.Report(request.TableName, request.ReturnConsumedCapacity),
            outcome.Metrics(request.Item, request.ReturnItemCollectionMetrics));
    }

    public async Task<DeleteItemResult> DeleteAsync(DeleteItemRequest request, CallContext call)
    {
        WriteConditions.CheckParameters(
            request.ConditionExpression, request.Expected, request.ExpressionAttributeNames, request.ExpressionAttributeValues);
        request.Key.ThrowIfBad();
        CheckReturnValues(request.ReturnValues);
        var condition = WriteConditions.Read(
            request.ConditionExpression,
            request.ExpressionAttributeNames,
            request.ExpressionAttributeValues,
            request.Expected,
            request.ConditionalOperator);
        var table = await tables.GetAsync(TableNames.Parse(request.TableName, call), call.Aborted);
        ItemRules.CheckKey(table.Keys, request.Key);
        var plan = new WritePlan(table, ItemKeys.OfItem(table, request.Key), WriteKind.Delete)
        {
            Condition = condition,
            ReturnsItemOnFailure = request.ReturnValuesOnConditionCheckFailure == "ALL_OLD",
        };
        var outcome = await write.RunAsync(plan, call.Aborted);
        return new DeleteItemResult(
            request.ReturnValues == "ALL_OLD" ? outcome.Decision.Old : null,
            outcome.Report(request.TableName, request.ReturnConsumedCapacity),
            outcome.Metrics(request.Key, request.ReturnItemCollectionMetrics));
    }

    public async Task<UpdateItemResult> UpdateAsync(UpdateItemRequest request, CallContext call)
    {
        ParameterRules.Check(
            [new("UpdateExpression", request.UpdateExpression is not null), new("ConditionExpression", request.ConditionExpression is not null)],
            [new("AttributeUpdates", request.AttributeUpdates is not null), new("Expected", request.Expected is not null)],
            request.ExpressionAttributeNames is not null,
            request.ExpressionAttributeValues is not null);
        request.Key.ThrowIfBad();
        var (update, condition) = ReadUpdate(request);
        var table = await tables.GetAsync(TableNames.Parse(request.TableName, call), call.Aborted);
        ItemRules.CheckKey(table.Keys, request.Key);
        if (update is not null)
        {
            ItemRules.CheckUpdate(table, update);
        }

        var plan = new WritePlan(table, ItemKeys.OfItem(table, request.Key), WriteKind.Update)
        {
            KeyAttributes = request.Key,
            Update = update,
            Condition = condition,
            ReturnsItemOnFailure = request.ReturnValuesOnConditionCheckFailure == "ALL_OLD",
        };
        var outcome = await write.RunAsync(plan, call.Aborted);
        return new UpdateItemResult(
            Returned(request.ReturnValues, outcome.Decision),
            outcome.Report(request.TableName, request.ReturnConsumedCapacity),
            outcome.Metrics(request.Key, request.ReturnItemCollectionMetrics));
    }

    /// <summary>The stored form of an item that is put.</summary>
    /// <exception cref="CommonException">It is too large (<c>ValidationException</c>).</exception>
    public static EncodedItem Encode(AttributeMap attributes)
    {
        var item = ItemCodec.Decode(ItemCodec.Encode(attributes));
        return item.SizeBytes <= ItemSize.MaxBytes
            ? item
            : throw CommonException.Validation("Item size has exceeded the maximum allowed size");
    }

    private static (Update? Update, Condition? Condition) ReadUpdate(UpdateItemRequest request)
    {
        if (request.UpdateExpression is not null || request.ConditionExpression is not null)
        {
            return WriteConditions.ReadUpdate(
                request.UpdateExpression, request.ConditionExpression, request.ExpressionAttributeNames, request.ExpressionAttributeValues);
        }

        var update = request.AttributeUpdates is null ? null : LegacyParameters.Updates(request.AttributeUpdates);
        return (update, WriteConditions.Read(null, null, null, request.Expected, request.ConditionalOperator));
    }

    private static void CheckReturnValues(string? returnValues)
    {
        if (returnValues is not (null or "ALL_OLD" or "NONE"))
        {
            throw CommonException.Validation("ReturnValues can only be ALL_OLD or NONE");
        }
    }

    /// <summary>An empty map is left out of the answer.</summary>
    private static AttributeMap? Returned(string? returnValues, in WriteDecision decision)
    {
        var returned = returnValues switch
        {
            "ALL_OLD" => decision.Old,
            "ALL_NEW" => decision.New,
            "UPDATED_OLD" => decision.Old is null ? null : decision.Update!.UpdatedOld(),
            "UPDATED_NEW" => decision.Update!.UpdatedNew(),
            _ => null,
        };
        return returned is { Count: 0 } ? null : returned;
    }
}
