using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Items;

/// <summary>What <c>Select</c> and a projection mean together, and whether an index can answer them.</summary>
internal static class SelectRules
{
    private const string All = "ALL_ATTRIBUTES";
    private const string AllProjected = "ALL_PROJECTED_ATTRIBUTES";
    private const string Specific = "SPECIFIC_ATTRIBUTES";
    private const string Count = "COUNT";

    /// <param name="projection">The parameter that names attributes, if one does.</param>
    /// <exception cref="CommonException"><c>ValidationException</c>.</exception>
    public static void Check(string? select, string? projection, bool hasIndex)
    {
        if (projection is not null && select is not (null or Specific))
        {
            throw CommonException.Validation(
                $"Cannot specify the {projection} when choosing to get {(select == Count ? "only the Count" : select)}");
        }

        if (projection is null && select == Specific)
        {
            throw CommonException.Validation("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
        }

        if (select == AllProjected && !hasIndex)
        {
            throw CommonException.Validation("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
        }
    }

    /// <summary>Whether items must be read from the table, because a local index does not hold all that is asked.</summary>
    /// <exception cref="CommonException">A global index does not hold it (<c>ValidationException</c>).</exception>
    public static bool FetchesItems(TableState table, IndexState? index, string? select, Projection? projection)
    {
        if (index is null || index.Projection == ProjectionKind.All)
        {
            return false;
        }

        if (select == All)
        {
            return !index.IsGlobal
                ? true
                : throw CommonException.Validation(
                    "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index "
                    + $"{index.Name} because its projection type is not ALL");
        }

        var missing = projection is null ? [] : Missing(table, index, projection);
        if (missing.Count > 0 && index.IsGlobal)
        {
            throw CommonException.Validation(
                $"One or more parameter values were invalid: Global secondary index {index.Name} does not project [{string.Join(", ", missing)}]");
        }

        return missing.Count > 0;
    }

    private static List<string> Missing(TableState table, IndexState index, Projection projection)
    {
        var missing = new List<string>();
        foreach (var name in projection.Attributes)
        {
            if (table.Keys.Find(name) is null && index.Keys.Find(name) is null && !index.Included.Contains(name))
            {
                missing.Add(name);
            }
        }

        return missing;
    }
}
