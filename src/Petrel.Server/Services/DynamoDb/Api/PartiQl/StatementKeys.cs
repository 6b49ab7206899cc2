using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.PartiQl;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.PartiQl;

/// <summary>Which partition a statement is about, so that a policy on <c>dynamodb:LeadingKeys</c> decides on it as on a request for the item.</summary>
internal static class StatementKeys
{
    /// <summary>The partition key, by the table's name for it also where an index is asked; null where the statement is about the whole table.</summary>
    public static AttributeMap[]? Of(Statement statement, TableState table) => statement switch
    {
        InsertStatement insert => [insert.Item],
        ExistsStatement exists => Of(exists.Select, table),
        SelectStatement { Index: { } index } => Of(statement, table, table.FindIndex(index)?.Keys),
        _ => Of(statement, table, table.Keys),
    };

    /// <summary>A clause that means nothing names nothing: its statement is refused before it reads anything.</summary>
    private static AttributeMap[]? Of(Statement statement, TableState table, KeySchema? keys)
    {
        try
        {
            return keys is not null && new WherePlan(statement.Where, statement.Scope).FindPartition(keys) is { } partition
                ? [AttributeMap.Of((table.Keys.Partition.Name, partition))]
                : null;
        }
        catch (CommonException)
        {
            return null;
        }
    }
}
