namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

/// <summary>
/// Parses conditions. From loose to tight: OR, AND, NOT, comparisons. Parentheses hold a condition or an operand, which is known only
/// after what is inside has been read; so an operand comes up as a condition that nothing has been compared with yet.
/// </summary>
internal sealed class ConditionParser
{
    private readonly TokenReader _reader;
    private readonly OperandNotes _notes = new();

    /// <summary>The token at which the parenthesis before the current one opened and the one at which it closed, to see <c>((a = b))</c>.</summary>
    private (int Open, int Close) _lastParentheses = (-1, -1);

    private ConditionParser(string text) => _reader = new TokenReader(text);

    /// <exception cref="ExpressionException">The text is no condition.</exception>
    public static ParsedCondition Parse(string text)
    {
        var parser = new ConditionParser(text);
        var condition = parser.Whole(parser.Or());
        return parser._reader.Kind == TokenKind.End
            ? new ParsedCondition(condition, parser._notes.HasRedundantParentheses, parser._notes.Operators)
            : throw parser._reader.SyntaxError();
    }

    private ConditionSyntax Or() => Junction(isAnd: false);

    private ConditionSyntax And() => Junction(isAnd: true);

    private ConditionSyntax Junction(bool isAnd)
    {
        var first = isAnd ? Not() : And();
        var word = isAnd ? "AND" : "OR";
        if (!_reader.Is(word))
        {
            return first;
        }

        var parts = new List<ConditionSyntax> { Whole(first) };
        while (_reader.TrySkip(word))
        {
            _notes.Operators++;
            parts.Add(Whole(isAnd ? Not() : And()));
        }

        return new JunctionSyntax(isAnd, [.. parts]);
    }

    private ConditionSyntax Not()
    {
        if (!_reader.TrySkip("NOT"))
        {
            return Comparison();
        }

        _notes.Operators++;
        _reader.Enter();
        var inner = Whole(Not());
        _reader.Leave();
        return new NotSyntax(inner);
    }

    private ConditionSyntax Comparison()
    {
        var first = Primary();
        if (first is not LooseOperand { Operand: var left })
        {
            return first;
        }

        if (Comparators.TryGet(_reader.Kind, out var comparator))
        {
            _notes.Operators++;
            _reader.Skip();
            return new ComparisonSyntax(comparator, left, OperandParser.OperandInParentheses(_reader, _notes));
        }

        if (_reader.TrySkip("BETWEEN"))
        {
            _notes.Operators++;
            var low = OperandParser.OperandInParentheses(_reader, _notes);
            if (!_reader.TrySkip("AND"))
            {
                throw _reader.SyntaxError();
            }

            return new BetweenSyntax(left, low, OperandParser.OperandInParentheses(_reader, _notes));
        }

        if (_reader.TrySkip("IN"))
        {
            _notes.Operators++;
            return new InSyntax(left, OperandParser.Arguments(_reader, _notes));
        }

        return first;
    }

    private ConditionSyntax Primary()
    {
        if (_reader.Kind != TokenKind.LeftParenthesis)
        {
            return new LooseOperand(OperandParser.Operand(_reader, _notes));
        }

        var open = _reader.Position;
        _reader.Skip();
        _reader.Enter();
        var inner = Or();
        _reader.Leave();
        var close = _reader.Position;
        _reader.Expect(TokenKind.RightParenthesis);
        _notes.HasRedundantParentheses |= _lastParentheses == (open + 1, close - 1);
        _lastParentheses = (open, close);
        return inner;
    }

    /// <summary>A function alone may be a condition; any other operand alone is not.</summary>
    private ConditionSyntax Whole(ConditionSyntax condition) => condition is not LooseOperand { Operand: var operand }
        ? condition
        : operand is FunctionSyntax function ? new TestSyntax(function) : throw _reader.SyntaxError();

    private sealed record LooseOperand(OperandSyntax Operand) : ConditionSyntax;
}

/// <param name="Operators">How many operators and functions it has.</param>
internal sealed record ParsedCondition(ConditionSyntax Root, bool HasRedundantParentheses, int Operators);
