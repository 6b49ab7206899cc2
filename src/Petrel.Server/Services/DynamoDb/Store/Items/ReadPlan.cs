using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using KeyRange = Petrel.Storage.KeyRange;

namespace Petrel.Server.Services.DynamoDb.Store.Items;

/// <summary>One page of a query or scan.</summary>
/// <param name="Index">Null for the table itself.</param>
/// <param name="Range">Of the rows of the table or index, from where the page begins.</param>
internal sealed record ReadPlan(TableState Table, IndexState? Index, KeyRange Range)
{
    public bool Descending { get; init; }

    /// <summary>How many rows are looked at; null for as many as a page holds.</summary>
    public int? Limit { get; init; }

    public Condition? Filter { get; init; }

    public Projection? Projection { get; init; }

    /// <summary>Items are counted and not returned.</summary>
    public bool CountsOnly { get; init; }

    /// <summary>The index does not hold all that is asked, so that each entry's item is read from the table.</summary>
    public bool FetchesItems { get; init; }

    public bool Consistent { get; init; }
}

/// <param name="Items">Null when they are only counted.</param>
/// <param name="Last">The key attributes after which the next page begins; null at the end.</param>
/// <param name="TableUnits">Read units of the table.</param>
/// <param name="IndexUnits">Read units of the index.</param>
internal sealed record ItemPage(
    List<AttributeMap>? Items, int Count, int ScannedCount, AttributeMap? Last, double TableUnits, double IndexUnits);
