namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

/// <summary>The parts that all expressions share: paths, values, functions.</summary>
internal static class OperandParser
{
    /// <summary>A path, a value or a function with its arguments.</summary>
    public static OperandSyntax Operand(TokenReader reader, OperandNotes notes)
    {
        switch (reader.Kind)
        {
            case TokenKind.ValueReference:
                return new ValueSyntax(reader.Take());
            case TokenKind.Identifier when reader.NextKind == TokenKind.LeftParenthesis && !IsKeyword(reader):
                return Function(reader, notes);
            default:
                return Path(reader);
        }
    }

    /// <summary>An operand that may stand in parentheses; more than one pair of them is redundant.</summary>
    public static OperandSyntax OperandInParentheses(TokenReader reader, OperandNotes notes)
    {
        var depth = 0;
        while (reader.TrySkip(TokenKind.LeftParenthesis))
        {
            depth++;
        }

        var operand = Operand(reader, notes);
        notes.HasRedundantParentheses |= depth > 1;
        for (; depth > 0; depth--)
        {
            reader.Expect(TokenKind.RightParenthesis);
        }

        return operand;
    }

    public static PathSyntax Path(TokenReader reader)
    {
        if (IsKeyword(reader))
        {
            throw reader.SyntaxError();
        }

        var parts = new List<PathPart>(2) { Name(reader) };
        while (true)
        {
            if (reader.TrySkip(TokenKind.Dot))
            {
                parts.Add(Name(reader));
            }
            else if (reader.TrySkip(TokenKind.LeftBracket))
            {
                parts.Add(Index(reader));
            }
            else
            {
                return new PathSyntax([.. parts]);
            }
        }
    }

    public static OperandSyntax[] Arguments(TokenReader reader, OperandNotes notes)
    {
        reader.Expect(TokenKind.LeftParenthesis);
        reader.Enter();
        var arguments = new List<OperandSyntax>();
        do
        {
            arguments.Add(OperandInParentheses(reader, notes));
        }
        while (reader.TrySkip(TokenKind.Comma));
        reader.Expect(TokenKind.RightParenthesis);
        reader.Leave();
        return [.. arguments];
    }

    private static FunctionSyntax Function(TokenReader reader, OperandNotes notes)
    {
        notes.Operators++;
        return new FunctionSyntax(reader.Take(), Arguments(reader, notes));
    }

    private static PathPart Name(TokenReader reader) => reader.Kind is TokenKind.Identifier or TokenKind.NameReference
        ? new PathPart(reader.Take(), -1)
        : throw reader.SyntaxError();

    private static PathPart Index(TokenReader reader)
    {
        if (reader.Kind != TokenKind.Number)
        {
            throw reader.SyntaxError();
        }

        var text = reader.Take();
        if (!int.TryParse(text, out var index))
        {
            throw new ExpressionException($"List index is not within the allowable range; index: [{text}]");
        }

        reader.Expect(TokenKind.RightBracket);
        return new PathPart(null, index);
    }

    private static bool IsKeyword(TokenReader reader) =>
        reader.Is("AND") || reader.Is("OR") || reader.Is("NOT") || reader.Is("BETWEEN") || reader.Is("IN");
}

/// <summary>What a parser counts on its way.</summary>
internal sealed class OperandNotes
{
    public bool HasRedundantParentheses { get; set; }

    /// <summary>Operators and functions.</summary>
    public int Operators { get; set; }
}
