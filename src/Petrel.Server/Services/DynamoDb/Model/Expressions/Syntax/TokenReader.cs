namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

/// <summary>Goes through an expression's tokens, and says where it is wrong.</summary>
internal sealed class TokenReader(string text)
{
    /// <summary>Parentheses and functions inside each other; deeper ones would be too deep for the stack.</summary>
    private const int MaxNesting = 200;

    private readonly Token[] _tokens = Lexer.Tokenize(text);
    private int _at;
    private int _nesting;

    public TokenKind Kind => _tokens[_at].Kind;

    public TokenKind NextKind => _at + 1 < _tokens.Length ? _tokens[_at + 1].Kind : TokenKind.End;

    /// <summary>How many tokens have been taken.</summary>
    public int Position => _at;

    public ReadOnlySpan<char> Text => text.AsSpan(_tokens[_at].Start, _tokens[_at].Length);

    public string Take()
    {
        var taken = Text.ToString();
        _at++;
        return taken;
    }

    public void Skip() => _at++;

    public bool TrySkip(TokenKind kind)
    {
        if (Kind != kind)
        {
            return false;
        }

        _at++;
        return true;
    }

    public void Expect(TokenKind kind)
    {
        if (!TrySkip(kind))
        {
            throw SyntaxError();
        }
    }

    /// <summary>Whether the token is a keyword, in any case.</summary>
    public bool Is(string keyword) => Kind == TokenKind.Identifier && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    public bool TrySkip(string keyword)
    {
        if (!Is(keyword))
        {
            return false;
        }

        _at++;
        return true;
    }

    public void Enter()
    {
        if (++_nesting > MaxNesting)
        {
            throw new ExpressionException("The expression has too many nested parentheses;");
        }
    }

    public void Leave() => _nesting--;

    /// <summary>The service quotes the token at which it stopped, and from the token before it to the one after it.</summary>
    public ExpressionException SyntaxError()
    {
        var token = _tokens[_at];
        var first = _tokens[Math.Max(_at - 1, 0)];
        var last = _tokens[Math.Min(_at + 1, _tokens.Length - 1)];
        var end = token.Kind == TokenKind.End ? first.EndsAt : last.Kind == TokenKind.End ? token.EndsAt : last.EndsAt;
        var quoted = token.Kind == TokenKind.End ? "<EOF>" : text.AsSpan(token.Start, token.Length);
        return new ExpressionException($"Syntax error; token: \"{quoted}\", near: \"{text.AsSpan(first.Start, end - first.Start)}\"");
    }
}
