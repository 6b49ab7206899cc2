using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>Kinds of errors in what an expression means. Of several kinds the service says one, in an order of its own a kind of expression.</summary>
internal enum BindError
{
    RedundantParentheses,
    UnknownFunction,
    MisusedFunction,
    Reserved,
    Section,
    UndefinedName,
    UndefinedValue,
    OperandCount,
    NotDistinct,
    PathOverlap,
    PathConflict,
    OperandType,
    Function,

    /// <summary>The first error of a single comparison or function.</summary>
    Condition,
    Limit,
}

/// <summary>The first error of each kind.</summary>
internal sealed class BindErrors
{
    private readonly string?[] _first = new string?[Enum.GetValues<BindError>().Length];
    private bool _any;

    public bool Has(BindError kind) => _first[(int)kind] is not null;

    public void Add(BindError kind, string message)
    {
        _first[(int)kind] ??= message;
        _any = true;
    }

    /// <summary>The error of the first of these kinds that has one.</summary>
    public string? First(ReadOnlySpan<BindError> order)
    {
        if (_any)
        {
            foreach (var kind in order)
            {
                if (_first[(int)kind] is { } message)
                {
                    return message;
                }
            }
        }

        return null;
    }

    public void ThrowFirst(ReadOnlySpan<BindError> order)
    {
        if (First(order) is { } message)
        {
            throw new ExpressionException(message);
        }
    }
}
