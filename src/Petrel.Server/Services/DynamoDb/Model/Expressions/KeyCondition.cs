using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>A condition on keys as it was written; what it means is known with the key schema of the table or index.</summary>
internal sealed class KeyCondition
{
    private static readonly SyntaxCache<ParsedCondition> Cache = new(ConditionParser.Parse);

    private readonly IReadOnlyList<KeyTerm> _terms;

    internal KeyCondition(IReadOnlyList<KeyTerm> terms) => _terms = terms;

    /// <exception cref="CommonException">The expression is wrong (<c>ValidationException</c>).</exception>
    public static KeyCondition Parse(string text, ExpressionScope scope)
    {
        try
        {
            ExpressionLimits.CheckText(text, ExpressionKind.KeyConditionExpression);
            var reader = new KeyTermReader(Condition.Bind(Cache.Get(text), scope));
            if (reader.Problem is { } problem)
            {
                scope.RefuseLater(problem);
            }

            return new KeyCondition(reader.Terms);
        }
        catch (ExpressionException wrong)
        {
            throw wrong.For(ExpressionKind.KeyConditionExpression);
        }
    }

    /// <exception cref="CommonException">The condition does not fit the keys (<c>ValidationException</c>).</exception>
    public KeyRange For(KeySchema keys)
    {
        if (keys.Sort is null && _terms.Count > 1)
        {
            throw Unsupported();
        }

        var partition = Find(keys.Partition, isRequired: true)!;
        if (partition.Operator != SortOperator.Equal)
        {
            throw Unsupported();
        }

        var sort = keys.Sort is null ? null : Find(keys.Sort, isRequired: _terms.Count > 1);
        return new KeyRange(
            partition.Values[0],
            sort is null ? null : new SortCondition(sort.Operator!.Value, sort.Values[0], sort.Values.Length > 1 ? sort.Values[1] : null));
    }

    private KeyTerm? Find(KeyAttribute key, bool isRequired)
    {
        KeyTerm? found = null;
        foreach (var term in _terms)
        {
            found = term.Attribute == key.Name ? term : found;
        }

        if (found is null)
        {
            return isRequired ? throw CommonException.Validation($"Query condition missed key schema element: {key.Name}") : null;
        }

        if (found.Operator is null)
        {
            throw CommonException.Validation("Attempted conditional constraint is not an indexable operation");
        }

        foreach (var value in found.Values)
        {
            Check(value, key);
        }

        return found;
    }

    private static void Check(AttributeValue value, KeyAttribute key)
    {
        if (value.Type != key.Type)
        {
            throw CommonException.Validation(
                "One or more parameter values were invalid: Condition parameter type does not match schema type");
        }

        var empty = value.Type switch
        {
            AttributeType.String when value.Text.Length == 0 => "string",
            AttributeType.Binary when value.Bytes.Length == 0 => "binary",
            _ => null,
        };
        if (empty is not null)
        {
            throw CommonException.Validation(
                "One or more parameter values are not valid. "
                + $"The AttributeValue for a key attribute cannot contain an empty {empty} value. Key: {key.Name}");
        }
    }

    private static CommonException Unsupported() => CommonException.Validation("Query key condition not supported");
}

/// <summary>What is asked of one attribute.</summary>
/// <param name="Operator">Null for a comparison that no key can serve.</param>
internal sealed record KeyTerm(string Attribute, SortOperator? Operator, params AttributeValue[] Values);

/// <summary>One partition, and a part of its sort keys.</summary>
internal sealed record KeyRange(AttributeValue Partition, SortCondition? Sort = null);

/// <param name="High">The upper bound, included, of <see cref="SortOperator.Between"/>.</param>
internal sealed record SortCondition(SortOperator Operator, AttributeValue Value, AttributeValue? High = null);

internal enum SortOperator
{
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Between,
    BeginsWith,
}
