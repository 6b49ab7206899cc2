using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Api.Items;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Conditions;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.PartiQl;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.PartiQl;

/// <summary>Statements that write one item, as plans; what has nothing to do with the table is checked when the object is made.</summary>
internal sealed class StatementWrites
{
    private readonly Statement _statement;
    private readonly WherePlan _where;
    private readonly Update? _update;

    /// <exception cref="CommonException">The statement means nothing (<c>ValidationException</c>).</exception>
    public StatementWrites(Statement statement)
    {
        _statement = statement;
        _where = new WherePlan(statement is ExistsStatement exists ? exists.Select.Where : statement.Where, statement.Scope);
        _update = statement is UpdateStatement update ? Bind(update) : null;
    }

    /// <param name="item">The item, or its key: what the write's place and its metrics are made of.</param>
    /// <exception cref="CommonException">The statement does not fit the table (<c>ValidationException</c>).</exception>
    public WritePlan Plan(TableState table, bool returnsItemOnFailure, out AttributeMap item)
    {
        if (_statement is InsertStatement insert)
        {
            item = insert.Item;
            return Insert(table, item);
        }

        item = _where.TakeKey(table.Keys) ?? throw StatementError.Of(StatementError.NoKeys);
        ItemRules.CheckKey(table.Keys, item);
        var rest = _where.Rest();
        if (_update is not null)
        {
            ItemRules.CheckUpdate(table, _update);
        }

        return new WritePlan(table, ItemKeys.OfItem(table, item), Kind)
        {
            KeyAttributes = _update is null ? null : item,
            Update = _update,
            Condition = Condition(table, rest),
            ReturnsItemOnFailure = returnsItemOnFailure,
        };
    }

    private WriteKind Kind => _statement switch
    {
        UpdateStatement => WriteKind.Update,
        DeleteStatement => WriteKind.Delete,
        _ => WriteKind.Check,
    };

    private static WritePlan Insert(TableState table, AttributeMap item)
    {
        ItemRules.CheckItem(table, item);
        return new WritePlan(table, ItemKeys.OfItem(table, item), WriteKind.Put)
        {
            Item = ItemWrites.Encode(item),
            Condition = KeyIsThere(table, isWanted: false),
        };
    }

    /// <summary>An update needs its item, a deletion of an item that is not there has nothing to ask.</summary>
    private Condition? Condition(TableState table, Condition? rest) => _statement switch
    {
        DeleteStatement => rest is null ? null : new Junction(isAnd: false, [KeyIsThere(table, isWanted: false), rest]),
        ExistsStatement when rest is null => throw StatementError.Of("EXISTS() must contain a single item read with additional condition"),
        _ => rest is null ? KeyIsThere(table, isWanted: true) : new Junction(isAnd: true, [KeyIsThere(table, isWanted: true), rest]),
    };

    private static Existence KeyIsThere(TableState table, bool isWanted) =>
        new(new DocumentPath([new PathElement(table.Keys.Partition.Name, -1)]), isWanted);

    private static Update Bind(UpdateStatement statement)
    {
        try
        {
            return new UpdateBinder(statement.Scope.ToExpressions()).Bind(statement.Changes);
        }
        catch (ExpressionException wrong)
        {
            throw StatementError.Of(wrong.Message);
        }
    }
}
