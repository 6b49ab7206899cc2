using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Wire;
using KeyAttribute = Petrel.Server.Services.DynamoDb.Model.Tables.KeyAttribute;

namespace Petrel.Server.Services.DynamoDb.Model.PartiQl;

/// <summary>
/// A WHERE clause as parts that all must hold, of which those on keys say where the items are, and the others which of them are meant.
/// </summary>
internal sealed class WherePlan
{
    private readonly StatementScope _scope;
    private readonly List<ConditionSyntax> _parts = [];

    /// <exception cref="CommonException">The clause means nothing (<c>ValidationException</c>).</exception>
    public WherePlan(ConditionSyntax? where, StatementScope scope)
    {
        _scope = scope;
        Split(where);
        Rest();
    }

    /// <summary>All of the clause that has not been taken; null for nothing.</summary>
    public Condition? Rest()
    {
        if (_parts.Count == 0)
        {
            return null;
        }

        try
        {
            var root = _parts.Count == 1 ? _parts[0] : new JunctionSyntax(IsAnd: true, [.. _parts]);
            return Condition.Bind(new ParsedCondition(root, HasRedundantParentheses: false, 0), _scope.ToExpressions());
        }
        catch (ExpressionException wrong)
        {
            throw StatementError.Of(wrong.Message);
        }
    }

    /// <summary>All that is left asks an attribute to equal something.</summary>
    public bool HasOnlyEqualities => _parts.TrueForAll(part => part is ComparisonSyntax { Comparator: Comparator.Equal });

    /// <summary>The partition key that the clause names; null where it may mean several. It is not taken.</summary>
    public AttributeValue? FindPartition(KeySchema keys) => FindEquality(keys.Partition)?.Value;

    /// <summary>Takes the key of one item; null where the clause does not name all of it.</summary>
    public AttributeMap? TakeKey(KeySchema keys)
    {
        if (FindEquality(keys.Partition) is not { } partition || (keys.Sort is not null && FindEquality(keys.Sort) is null))
        {
            return null;
        }

        var key = new AttributeMapBuilder(2).Set(keys.Partition.Name, partition.Value);
        _parts.Remove(partition.Part);
        if (keys.Sort is { } sort)
        {
            var found = FindEquality(sort)!.Value;
            key.Set(sort.Name, found.Value);
            _parts.Remove(found.Part);
        }

        return key.Build();
    }

    /// <summary>Takes a partition key and, where there is one, a condition on the sort key; null where all partitions are meant.</summary>
    public KeyRange? TakeRange(KeySchema keys)
    {
        if (FindEquality(keys.Partition) is not { } partition)
        {
            return null;
        }

        Check(partition.Value, keys.Partition);
        _parts.Remove(partition.Part);
        return new KeyRange(partition.Value, keys.Sort is null ? null : TakeSort(keys.Sort));
    }

    private void Split(ConditionSyntax? condition)
    {
        switch (condition)
        {
            case JunctionSyntax { IsAnd: true } and:
                foreach (var part in and.Parts)
                {
                    Split(part);
                }

                break;
            case not null:
                _parts.Add(condition);
                break;
        }
    }

    private (AttributeValue Value, ConditionSyntax Part)? FindEquality(KeyAttribute key)
    {
        foreach (var part in _parts)
        {
            if (TryComparison(part, key) is { Operator: SortOperator.Equal } found)
            {
                return (found.Value, part);
            }
        }

        return null;
    }

    private SortCondition? TakeSort(KeyAttribute key)
    {
        foreach (var part in _parts)
        {
            var found = TryComparison(part, key) ?? TryBetween(part, key) ?? TryPrefix(part, key);
            if (found is not null && found.Value.Type == key.Type && !IsEmpty(found.Value) && !(found.High is { } high && (high.Type != key.Type || IsEmpty(high))))
            {
                _parts.Remove(part);
                return found;
            }
        }

        return null;
    }

    private SortCondition? TryComparison(ConditionSyntax part, KeyAttribute key)
    {
        if (part is not ComparisonSyntax { Comparator: not Comparator.NotEqual } comparison)
        {
            return null;
        }

        var (left, right, isTurned) = comparison.Left is ValueSyntax ? (comparison.Right, comparison.Left, true) : (comparison.Left, comparison.Right, false);
        return IsKey(left, key) && right is ValueSyntax value
            ? new SortCondition(KeyTermReader.Operator(comparison.Comparator, isTurned), _scope.ValueOf(value))
            : null;
    }

    private SortCondition? TryBetween(ConditionSyntax part, KeyAttribute key) =>
        part is BetweenSyntax { Low: ValueSyntax low, High: ValueSyntax high } between && IsKey(between.Operand, key)
            ? new SortCondition(SortOperator.Between, _scope.ValueOf(low), _scope.ValueOf(high))
            : null;

    private SortCondition? TryPrefix(ConditionSyntax part, KeyAttribute key) =>
        part is TestSyntax { Function: { Name: "begins_with", Arguments: [var path, ValueSyntax prefix] } } && IsKey(path, key) && key.Type != AttributeType.Number
            ? new SortCondition(SortOperator.BeginsWith, _scope.ValueOf(prefix))
            : null;

    private bool IsKey(OperandSyntax operand, KeyAttribute key) => operand is PathSyntax { Parts: [{ Name: not null } part] } && _scope.NameOf(part) == key.Name;

    private static bool IsEmpty(AttributeValue value) => value.Type switch
    {
        AttributeType.String => value.Text.Length == 0,
        AttributeType.Binary => value.Bytes.Length == 0,
        _ => false,
    };

    private static void Check(AttributeValue value, KeyAttribute key)
    {
        if (value.Type != key.Type)
        {
            throw StatementError.Of("One or more parameter values were invalid: Condition parameter type does not match schema type");
        }

        if (IsEmpty(value))
        {
            var kind = value.Type == AttributeType.String ? "string" : "binary";
            throw StatementError.Of(
                "One or more parameter values are not valid. "
                + $"The AttributeValue for a key attribute cannot contain an empty {kind} value. Key: {key.Name}");
        }
    }
}
