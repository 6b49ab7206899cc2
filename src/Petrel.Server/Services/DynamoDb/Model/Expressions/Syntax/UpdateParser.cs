namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

/// <summary>Parses the four clauses of update expressions.</summary>
internal sealed class UpdateParser
{
    private readonly TokenReader _reader;
    private readonly OperandNotes _notes = new();

    private UpdateParser(string text) => _reader = new TokenReader(text);

    /// <exception cref="ExpressionException">The text is no update.</exception>
    public static ParsedUpdate Parse(string text)
    {
        var parser = new UpdateParser(text);
        var sections = new List<UpdateSectionSyntax>(2);
        do
        {
            sections.Add(parser.Section());
        }
        while (parser._reader.Kind != TokenKind.End);
        return new ParsedUpdate([.. sections], parser._notes.Operators);
    }

    private UpdateSectionSyntax Section()
    {
        UpdateKind? kind = _reader.TrySkip("SET") ? UpdateKind.Set
            : _reader.TrySkip("REMOVE") ? UpdateKind.Remove
            : _reader.TrySkip("ADD") ? UpdateKind.Add
            : _reader.TrySkip("DELETE") ? UpdateKind.Delete
            : null;
        var actions = new List<UpdateActionSyntax>();
        do
        {
            actions.Add(Action(kind ?? throw _reader.SyntaxError()));
        }
        while (_reader.TrySkip(TokenKind.Comma));
        return new UpdateSectionSyntax(kind.Value, [.. actions]);
    }

    private UpdateActionSyntax Action(UpdateKind kind)
    {
        _notes.Operators++;
        if (IsSectionKeyword())
        {
            throw _reader.SyntaxError();
        }

        var path = OperandParser.Path(_reader);
        switch (kind)
        {
            case UpdateKind.Set:
                _reader.Expect(TokenKind.Equal);
                return new UpdateActionSyntax(kind, path, SetValue());
            case UpdateKind.Remove:
                return new UpdateActionSyntax(kind, path, null);
            default:
                return _reader.Kind == TokenKind.ValueReference
                    ? new UpdateActionSyntax(kind, path, new ValueSyntax(_reader.Take()))
                    : throw _reader.SyntaxError();
        }
    }

    /// <summary>One operand, or a sum or difference of two; all of it may stand in parentheses.</summary>
    private OperandSyntax SetValue()
    {
        if (_reader.Kind != TokenKind.LeftParenthesis)
        {
            return Arithmetic(SetOperand());
        }

        _reader.Skip();
        var inner = Arithmetic(SetOperand());
        _reader.Expect(TokenKind.RightParenthesis);
        return inner is ArithmeticSyntax ? inner : Arithmetic(inner);
    }

    private OperandSyntax Arithmetic(OperandSyntax left)
    {
        if (_reader.Kind is not (TokenKind.Plus or TokenKind.Minus))
        {
            return left;
        }

        _notes.Operators++;
        var isSum = _reader.Kind == TokenKind.Plus;
        _reader.Skip();
        return new ArithmeticSyntax(isSum, left, SetOperand());
    }

    private OperandSyntax SetOperand()
    {
        var isInParentheses = _reader.TrySkip(TokenKind.LeftParenthesis);
        if (IsSectionKeyword() && _reader.NextKind != TokenKind.LeftParenthesis)
        {
            throw _reader.SyntaxError();
        }

        var operand = OperandParser.Operand(_reader, _notes);
        if (isInParentheses)
        {
            _reader.Expect(TokenKind.RightParenthesis);
        }

        return operand;
    }

    private bool IsSectionKeyword() => _reader.Is("SET") || _reader.Is("REMOVE") || _reader.Is("ADD") || _reader.Is("DELETE");
}
