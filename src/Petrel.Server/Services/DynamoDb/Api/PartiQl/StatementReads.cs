using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.PartiQl;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.PartiQl;

/// <summary>A SELECT as one page of a query or scan; what has nothing to do with the table is checked when the object is made.</summary>
internal sealed class StatementReads
{
    private readonly SelectStatement _statement;
    private readonly WherePlan _where;
    private readonly SelectedParts? _parts;

    /// <exception cref="CommonException">The statement means nothing (<c>ValidationException</c>).</exception>
    public StatementReads(SelectStatement statement)
    {
        _statement = statement;
        _where = new WherePlan(statement.Where, statement.Scope);
        _parts = statement.Paths is null ? null : new SelectedParts(statement.Paths, statement.Scope);
    }

    /// <exception cref="CommonException">The statement does not fit the table (<c>ValidationException</c>).</exception>
    public ReadPlan Plan(TableState table, int? limit, bool consistent)
    {
        var index = FindIndex(table, consistent);
        var keys = index?.Keys ?? table.Keys;
        var range = _where.TakeRange(keys);
        var filter = _where.Rest();
        CheckFilter(table, index, filter);
        return new ReadPlan(table, index, Rows(table, index, range))
        {
            Descending = IsDescending(keys, range),
            Limit = limit,
            Filter = filter,
            FetchesItems = SelectRules.FetchesItems(table, index, null, _parts?.Projection),
            Consistent = consistent,
        };
    }

    /// <summary>The key of the one item that is meant, where the clause names all of it and asks for nothing but equality.</summary>
    public AttributeMap? TakeKey(TableState table, out Condition? rest)
    {
        var key = _statement.Index is null && _where.HasOnlyEqualities ? _where.TakeKey(table.Keys) : null;
        rest = key is null ? null : _where.Rest();
        return key;
    }

    public AttributeMap Take(AttributeMap item) => _parts is null ? item : _parts.Take(item);

    private IndexState? FindIndex(TableState table, bool consistent)
    {
        if (_statement.Index is not { } name)
        {
            return null;
        }

        var index = table.FindIndex(name) ?? throw StatementError.Of("The table does not have the specified index");
        if (index.IsGlobal && consistent)
        {
            throw StatementError.Of("Strongly consistent read is not supported on Global Secondary Indexes");
        }

        return index.IsReadable ? index : throw StatementError.Of($"Cannot read from backfilling global secondary index: {name}");
    }

    private static Storage.KeyRange Rows(TableState table, IndexState? index, KeyRange? range) => range is null
        ? ItemKeys.Segment(table, index, 0, 1)
        : range.Sort is null
            ? ItemKeys.Partition(table, index, range.Partition)
            : ItemKeys.Sorted(table, index, range.Partition, range.Sort);

    private static void CheckFilter(TableState table, IndexState? index, Condition? filter)
    {
        if (index is null || filter is null || index.Projection == ProjectionKind.All)
        {
            return;
        }

        var missing = filter.Attributes.Where(
            name => table.Keys.Find(name) is null && index.Keys.Find(name) is null && !index.Included.Contains(name)).ToArray();
        if (missing.Length > 0)
        {
            throw StatementError.Of(
                $"One or more parameter values were invalid: Secondary index {index.Name} does not project one or more filter attributes: "
                + $"[{string.Join(", ", missing)}]");
        }
    }

    private bool IsDescending(KeySchema keys, KeyRange? range)
    {
        if (_statement.Order.Count == 0)
        {
            return false;
        }

        if (_statement.Where is null)
        {
            throw StatementError.Of("Must have WHERE clause in the statement when using ORDER BY clause.");
        }

        if (range is null)
        {
            throw StatementError.Of("Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.");
        }

        var isDescending = false;
        foreach (var term in _statement.Order)
        {
            if (keys.Find(term.Attribute) is null)
            {
                throw StatementError.Of($"Variable reference {term.Attribute} in ORDER BY clause must be part of the primary key");
            }

            isDescending |= term.IsDescending && keys.Sort?.Name == term.Attribute;
        }

        return isDescending;
    }
}
