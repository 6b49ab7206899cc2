namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

/// <summary>A condition as it was written; prints as it is parsed.</summary>
internal abstract record ConditionSyntax;

/// <summary>Conditions joined by AND or by OR.</summary>
internal sealed record JunctionSyntax(bool IsAnd, ConditionSyntax[] Parts) : ConditionSyntax
{
    public override string ToString() => string.Join(IsAnd ? " AND " : " OR ", Parts.Select(Print));

    private string Print(ConditionSyntax part) => part is JunctionSyntax inner && (IsAnd || inner.IsAnd == IsAnd) ? $"({part})" : $"{part}";
}

internal sealed record NotSyntax(ConditionSyntax Inner) : ConditionSyntax
{
    public override string ToString() => Inner is JunctionSyntax ? $"NOT ({Inner})" : $"NOT {Inner}";
}

internal sealed record ComparisonSyntax(Comparator Comparator, OperandSyntax Left, OperandSyntax Right) : ConditionSyntax
{
    public override string ToString() => $"{Left} {Comparator.Text} {Right}";
}

internal sealed record BetweenSyntax(OperandSyntax Operand, OperandSyntax Low, OperandSyntax High) : ConditionSyntax
{
    public override string ToString() => $"{Operand} BETWEEN {Low} AND {High}";
}

internal sealed record InSyntax(OperandSyntax Operand, OperandSyntax[] Choices) : ConditionSyntax
{
    public override string ToString() => $"{Operand} IN ({string.Join<OperandSyntax>(", ", Choices)})";
}

/// <summary>A function that is true or false.</summary>
internal sealed record TestSyntax(FunctionSyntax Function) : ConditionSyntax
{
    public override string ToString() => Function.ToString();
}

internal enum Comparator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal static class Comparators
{
    private static readonly string[] Texts = ["=", "<>", "<", "<=", ">", ">="];

    extension(Comparator comparator)
    {
        public string Text => Texts[(int)comparator];

        public bool IsOrdering => comparator >= Comparator.Less;
    }

    public static bool TryGet(TokenKind kind, out Comparator comparator)
    {
        comparator = (Comparator)(kind - TokenKind.Equal);
        return kind is >= TokenKind.Equal and <= TokenKind.GreaterOrEqual;
    }
}
