using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Model.Values;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>One action of a transaction, with its expressions read.</summary>
/// <param name="Action">What authorisation calls it.</param>
/// <param name="Item">Of a put, else its key.</param>
internal sealed record TransactionAction(WriteKind Kind, string Action, string TableName, AttributeMap Item, Update? Update, Condition? Condition)
{
    public bool ReturnsItemOnFailure { get; init; }

    /// <summary>What the request says, in the form that its digest is made of.</summary>
    public required TransactionText Text { get; init; }

    /// <exception cref="CommonException">It is none of the four actions, or several; or an expression is wrong (<c>ValidationException</c>).</exception>
    public static TransactionAction Read(TransactWriteItem item)
    {
        var count = (item.ConditionCheck is null ? 0 : 1) + (item.Put is null ? 0 : 1) + (item.Delete is null ? 0 : 1) + (item.Update is null ? 0 : 1);
        return (count, item) switch
        {
            (0, _) => throw CommonException.Validation("The action or operation requested is invalid. Verify that the action is typed correctly."),
            (not 1, _) => throw CommonException.Validation("TransactItems can only contain one of Check, Put, Update or Delete"),
            (_, { Put: { } put }) => Read(put),
            (_, { Update: { } update }) => Read(update),
            (_, { Delete: { } delete }) => Read(delete),
            _ => Read(item.ConditionCheck!),
        };
    }

    /// <summary>The plan for a table.</summary>
    /// <exception cref="CommonException">Item or key do not fit the table (<c>ValidationException</c>).</exception>
    public WritePlan Plan(TableState table)
    {
        EncodedItem? encoded = null;
        if (Kind == WriteKind.Put)
        {
            ItemRules.CheckItem(table, Item);
            encoded = ItemCodec.Decode(ItemCodec.Encode(Item));
        }
        else
        {
            ItemRules.CheckKey(table.Keys, Item);
            if (Update is not null)
            {
                ItemRules.CheckUpdate(table, Update);
            }
        }

        return new WritePlan(table, ItemKeys.OfItem(table, Item), Kind)
        {
            Item = encoded,
            KeyAttributes = Kind == WriteKind.Update ? Item : null,
            Update = Update,
            Condition = Condition,
            ReturnsItemOnFailure = ReturnsItemOnFailure,
        };
    }

    private static TransactionAction Read(TransactionPut put)
    {
        CheckValues(put.ConditionExpression, put.ExpressionAttributeNames, put.ExpressionAttributeValues);
        put.Item.ThrowIfBad();
        if (ItemSize.Of(put.Item) > ItemSize.MaxBytes)
        {
            throw CommonException.Validation("Item size has exceeded the maximum allowed size");
        }

        var condition = WriteConditions.Read(put.ConditionExpression, put.ExpressionAttributeNames, put.ExpressionAttributeValues);
        return new TransactionAction(WriteKind.Put, "PutItem", put.TableName, put.Item, null, condition)
        {
            ReturnsItemOnFailure = put.ReturnValuesOnConditionCheckFailure == "ALL_OLD",
            Text = new TransactionText(null, put.ConditionExpression, put.ExpressionAttributeNames, put.ExpressionAttributeValues),
        };
    }

    private static TransactionAction Read(TransactionUpdate update)
    {
        update.Key.ThrowIfBad();
        var (parsed, condition) = WriteConditions.ReadUpdate(
            update.UpdateExpression, update.ConditionExpression, update.ExpressionAttributeNames, update.ExpressionAttributeValues);
        return new TransactionAction(WriteKind.Update, "UpdateItem", update.TableName, update.Key, parsed, condition)
        {
            ReturnsItemOnFailure = update.ReturnValuesOnConditionCheckFailure == "ALL_OLD",
            Text = new TransactionText(
                update.UpdateExpression, update.ConditionExpression, update.ExpressionAttributeNames, update.ExpressionAttributeValues),
        };
    }

    private static TransactionAction Read(TransactionDelete delete)
    {
        CheckValues(delete.ConditionExpression, delete.ExpressionAttributeNames, delete.ExpressionAttributeValues);
        delete.Key.ThrowIfBad();
        var condition = WriteConditions.Read(delete.ConditionExpression, delete.ExpressionAttributeNames, delete.ExpressionAttributeValues);
        return new TransactionAction(WriteKind.Delete, "DeleteItem", delete.TableName, delete.Key, null, condition)
        {
            ReturnsItemOnFailure = delete.ReturnValuesOnConditionCheckFailure == "ALL_OLD",
            Text = new TransactionText(null, delete.ConditionExpression, delete.ExpressionAttributeNames, delete.ExpressionAttributeValues),
        };
    }

    private static TransactionAction Read(TransactionCheck check)
    {
        check.Key.ThrowIfBad();
        var condition = WriteConditions.Read(check.ConditionExpression, check.ExpressionAttributeNames, check.ExpressionAttributeValues);
        return new TransactionAction(WriteKind.Check, "ConditionCheckItem", check.TableName, check.Key, null, condition)
        {
            ReturnsItemOnFailure = check.ReturnValuesOnConditionCheckFailure == "ALL_OLD",
            Text = new TransactionText(null, check.ConditionExpression, check.ExpressionAttributeNames, check.ExpressionAttributeValues),
        };
    }

    private static void CheckValues(string? condition, Dictionary<string, string>? names, AttributeMap? values) =>
        WriteConditions.CheckParameters(condition, null, names, values);
}

/// <summary>The words of an action.</summary>
internal sealed record TransactionText(string? Update, string? Condition, Dictionary<string, string>? Names, AttributeMap? Values);
