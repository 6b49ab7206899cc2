using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.PartiQl;

/// <summary>Parses conditions and paths of statements into the syntax of expressions.</summary>
internal sealed class WhereParser(StatementReader reader, StatementScope scope, LiteralParser literals)
{
    private static readonly string[] Functions =
        ["attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"];

    public ConditionSyntax Condition() => Whole(Or(afterOperator: false));

    public PathSyntax Path(string otherwise = "Unexpected term")
    {
        if (!reader.Token.IsName())
        {
            throw StatementError.Malformed(otherwise);
        }

        var parts = new List<PathPart> { scope.Name(reader.Take().Value) };
        while (true)
        {
            if (reader.TrySkip("."))
            {
                if (!reader.Token.IsName())
                {
                    throw StatementError.Malformed("Invalid path dot component");
                }

                parts.Add(scope.Name(reader.Take().Value));
            }
            else if (reader.TrySkip("["))
            {
                parts.Add(Step(reader.Take()));
                reader.Expect("]", "Expected a bracket after an index");
            }
            else
            {
                return new PathSyntax([.. parts]);
            }
        }
    }

    private PathPart Step(StatementToken token) => token.Kind switch
    {
        StatementTokenKind.Text => scope.Name(token.Value),
        StatementTokenKind.Number when int.TryParse(token.Value, out var index) => new PathPart(null, index),
        _ => throw StatementError.Malformed("Invalid path component"),
    };

    private ConditionSyntax Or(bool afterOperator) => Junction(isAnd: false, afterOperator);

    private ConditionSyntax Junction(bool isAnd, bool afterOperator)
    {
        var first = isAnd ? Not(afterOperator) : Junction(isAnd: true, afterOperator);
        var word = isAnd ? "AND" : "OR";
        if (!reader.Token.IsWord(word))
        {
            return first;
        }

        var parts = new List<ConditionSyntax> { Whole(first) };
        while (reader.TrySkipWord(word))
        {
            parts.Add(Whole(isAnd ? Not(afterOperator: true) : Junction(isAnd: true, afterOperator: true)));
        }

        return new JunctionSyntax(isAnd, [.. parts]);
    }

    private ConditionSyntax Not(bool afterOperator)
    {
        if (!reader.TrySkipWord("NOT"))
        {
            return Comparison(afterOperator);
        }

        reader.Enter();
        var inner = Whole(Not(afterOperator: false));
        reader.Leave();
        return new NotSyntax(inner);
    }

    private ConditionSyntax Comparison(bool afterOperator)
    {
        var first = Primary(afterOperator);
        if (first is not LooseOperand { Operand: var left })
        {
            return first;
        }

        if (Comparator(reader.Token) is { } comparator)
        {
            reader.Take();
            return new ComparisonSyntax(comparator, left, Operand(afterOperator: true));
        }

        if (reader.TrySkipWord("IS"))
        {
            return Is(left);
        }

        var isNegated = reader.Token.IsWord("NOT") && (reader.Following.IsWord("BETWEEN") || reader.Following.IsWord("IN")) && reader.TrySkipWord("NOT");
        ConditionSyntax? condition = reader.TrySkipWord("BETWEEN") ? Between(left) : reader.TrySkipWord("IN") ? In(left) : null;
        return condition is null ? first : isNegated ? new NotSyntax(condition) : condition;
    }

    private BetweenSyntax Between(OperandSyntax operand)
    {
        var low = Operand(afterOperator: true);
        reader.ExpectWord("AND", "Expected AND after BETWEEN");
        return new BetweenSyntax(operand, low, Operand(afterOperator: true));
    }

    /// <summary>The choices stand in parentheses or in a list.</summary>
    private InSyntax In(OperandSyntax operand)
    {
        if (reader.Token.Kind == StatementTokenKind.Parameter && reader.TakeParameter() is { Type: AttributeType.List } list)
        {
            return new InSyntax(operand, [.. list.Items.Select(OperandSyntax (item) => scope.Value(item))]);
        }

        var close = reader.Token.IsSymbol("[") ? "]" : ")";
        reader.Expect(close == "]" ? "[" : "(", "Expected a list after IN");
        var choices = new List<OperandSyntax>();
        do
        {
            choices.Add(Operand(afterOperator: false));
        }
        while (reader.TrySkip(","));
        reader.Expect(close, "Expected the end of the list after IN");
        return new InSyntax(operand, [.. choices]);
    }

    private ConditionSyntax Is(OperandSyntax operand)
    {
        var isNegated = reader.TrySkipWord("NOT");
        var test = reader.Take();
        ConditionSyntax condition = test.IsWord("MISSING") ? Test("attribute_not_exists", operand)
            : test.IsWord("NULL") ? Test("attribute_type", operand, scope.Value(AttributeValue.Of("NULL")))
            : throw StatementError.Malformed("Expected type name");
        return isNegated ? new NotSyntax(condition) : condition;
    }

    private ConditionSyntax Primary(bool afterOperator)
    {
        if (!reader.TrySkip("("))
        {
            return new LooseOperand(Operand(afterOperator));
        }

        reader.Enter();
        var inner = Or(afterOperator: false);
        reader.Leave();
        reader.Expect(")", "Expected a closing parenthesis");
        return inner;
    }

    private OperandSyntax Operand(bool afterOperator)
    {
        if (literals.TryRead() is { } literal)
        {
            return scope.Value(literal);
        }

        if (reader.Token.Kind == StatementTokenKind.Word && reader.Following.IsSymbol("("))
        {
            return Function();
        }

        return reader.Token.IsName() ? Path()
            : throw StatementError.Malformed(
                reader.IsAtEnd ? afterOperator ? "Missing right-hand side expression of infix operator" : "Unexpected term"
                : reader.Token.IsOperator() ? "Unexpected operator"
                : reader.Token.IsKeyword() ? "Unexpected keyword"
                : "Unexpected term");
    }

    private FunctionSyntax Function()
    {
        var token = reader.Take();
        var name = token.Value.ToLowerInvariant();
        if (!Functions.Contains(name))
        {
            throw StatementError.Of($"Unrecognized function: {name} at {token.Position}");
        }

        reader.Expect("(", "Unexpected term");
        reader.Enter();
        var arguments = new List<OperandSyntax>();
        if (!reader.TrySkip(")"))
        {
            do
            {
                arguments.Add(Operand(afterOperator: false));
            }
            while (reader.TrySkip(","));
            reader.Expect(")", "Expected a closing parenthesis");
        }

        reader.Leave();
        return new FunctionSyntax(name, [.. arguments]);
    }

    private static ConditionSyntax Whole(ConditionSyntax condition) => condition is not LooseOperand { Operand: var operand }
        ? condition
        : operand is FunctionSyntax function ? new TestSyntax(function) : throw StatementError.Of("Unsupported operation: a condition must compare something");

    private static TestSyntax Test(string name, params OperandSyntax[] arguments) => new(new FunctionSyntax(name, arguments));

    private static Comparator? Comparator(StatementToken token) => token.Kind != StatementTokenKind.Symbol ? null : token.Value switch
    {
        "=" => Expressions.Syntax.Comparator.Equal,
        "<>" or "!=" => Expressions.Syntax.Comparator.NotEqual,
        "<" => Expressions.Syntax.Comparator.Less,
        "<=" => Expressions.Syntax.Comparator.LessOrEqual,
        ">" => Expressions.Syntax.Comparator.Greater,
        ">=" => Expressions.Syntax.Comparator.GreaterOrEqual,
        _ => null,
    };

    private sealed record LooseOperand(OperandSyntax Operand) : ConditionSyntax;
}
