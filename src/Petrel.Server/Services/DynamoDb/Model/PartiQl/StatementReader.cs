using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Model.PartiQl;

/// <summary>Goes through a statement's tokens, and gives its parameters in their order.</summary>
internal sealed class StatementReader(string text, IReadOnlyList<AttributeValue> parameters)
{
    /// <summary>Parentheses and literals inside each other; deeper ones would be too deep for the stack.</summary>
    private const int MaxNesting = 200;

    private readonly List<StatementToken> _tokens = StatementLexer.Tokenize(text);
    private int _at;
    private int _nesting;
    private int _parameters;

    public StatementToken Token => _tokens[_at];

    public StatementToken Following => _tokens[Math.Min(_at + 1, _tokens.Count - 1)];

    /// <summary>Nothing but the semicolon that may end a statement is left.</summary>
    public bool IsAtEnd => Token.Kind == StatementTokenKind.End || (Token.IsSymbol(";") && Following.Kind == StatementTokenKind.End);

    public StatementToken Take() => _tokens[_at < _tokens.Count - 1 ? _at++ : _at];

    public bool TrySkip(string symbol)
    {
        var isThere = Token.IsSymbol(symbol);
        _at += isThere ? 1 : 0;
        return isThere;
    }

    public bool TrySkipWord(string word)
    {
        var isThere = Token.IsWord(word);
        _at += isThere ? 1 : 0;
        return isThere;
    }

    public void Expect(string symbol, string otherwise)
    {
        if (!TrySkip(symbol))
        {
            throw StatementError.Malformed(otherwise);
        }
    }

    public void ExpectWord(string word, string otherwise)
    {
        if (!TrySkipWord(word))
        {
            throw StatementError.Malformed(otherwise);
        }
    }

    public AttributeValue TakeParameter()
    {
        Take();
        if (_parameters >= parameters.Count)
        {
            throw ParametersDiffer();
        }

        var value = parameters[_parameters++];
        return value.Problem is null ? value : throw StatementError.Of(value.Problem);
    }

    public void Finish()
    {
        TrySkip(";");
        if (Token.Kind != StatementTokenKind.End)
        {
            throw StatementError.Malformed("Unexpected token after expression");
        }

        if (_parameters != parameters.Count)
        {
            throw ParametersDiffer();
        }
    }

    public void Enter()
    {
        if (++_nesting > MaxNesting)
        {
            throw StatementError.Malformed("The statement is nested too deeply");
        }
    }

    public void Leave() => _nesting--;

    private static Petrel.Wire.CommonException ParametersDiffer() =>
        StatementError.Of("Number of parameters in request and statement don't match.");
}
