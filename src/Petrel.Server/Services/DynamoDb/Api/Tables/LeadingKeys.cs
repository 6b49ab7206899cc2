using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Legacy;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Tables;

/// <summary>
/// The condition key <c>dynamodb:LeadingKeys</c>: the partition keys that a request is about, so that a policy can keep each user to items of
/// his own. A scan has none, as in the service; a policy that is meant to keep users apart does not allow scans.
/// </summary>
internal static class LeadingKeys
{
    public const string Name = "dynamodb:LeadingKeys";

    /// <summary>Null for a request that names none.</summary>
    public static IReadOnlyList<string>? Of(object request, TableState table) => request switch
    {
        GetItemRequest get => Of([get.Key], table),
        PutItemRequest put => Of([put.Item], table),
        UpdateItemRequest update => Of([update.Key], table),
        DeleteItemRequest delete => Of([delete.Key], table),
        QueryRequest query => OfQuery(query, table),
        _ => null,
    };

    /// <param name="items">Items or keys of the table.</param>
    public static IReadOnlyList<string>? Of(IEnumerable<AttributeMap> items, TableState table)
    {
        var found = new List<string>();
        foreach (var item in items)
        {
            if (item.TryGetValue(table.Keys.Partition.Name, out var value))
            {
                found.Add(TextOf(value));
            }
        }

        return found.Count == 0 ? null : found;
    }

    public static IReadOnlyDictionary<string, IReadOnlyList<string>>? Context(IReadOnlyList<string>? keys) =>
        keys is null ? null : new Dictionary<string, IReadOnlyList<string>> { [Name] = keys };

    /// <summary>A query that is wrong names nothing: it is refused before it reads anything.</summary>
    private static List<string>? OfQuery(QueryRequest query, TableState table)
    {
        var keys = query.IndexName is { } index ? table.FindIndex(index)?.Keys : table.Keys;
        if (keys is null)
        {
            return null;
        }

        try
        {
            var scope = new ExpressionScope(query.ExpressionAttributeNames, query.ExpressionAttributeValues);
            var condition = query switch
            {
                { KeyConditionExpression: { } text } => KeyCondition.Parse(text, scope),
                { KeyConditions: { } legacy } => LegacyParameters.KeyConditions(legacy),
                _ => null,
            };
            return condition is null ? null : [TextOf(condition.For(keys).Partition)];
        }
        catch (CommonException)
        {
            return null;
        }
    }

    private static string TextOf(AttributeValue value) => value.Type switch
    {
        AttributeType.String => value.Text,
        AttributeType.Number => value.Number.ToString(),
        AttributeType.Binary => Convert.ToBase64String(value.Bytes),
        _ => "",
    };
}
