using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>A condition on keys as it was written; what it means is known with the key schema of the table or index.</summary>
internal sealed class KeyCondition
{
    /// <exception cref="CommonException">The expression is wrong (<c>ValidationException</c>).</exception>
    public static KeyCondition Parse(string text, ExpressionScope scope) => throw CommonException.NotImplemented("dynamodb", "expressions");

    /// <exception cref="CommonException">The condition does not fit the keys (<c>ValidationException</c>).</exception>
    public KeyRange For(KeySchema keys) => throw CommonException.NotImplemented("dynamodb", "expressions");
}

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
