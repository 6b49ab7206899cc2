namespace Petrel.Server.Services.Logs.Model.Filters;

internal enum TokenKind
{
    End,

    /// <summary>A name, number, selector or text.</summary>
    Word,

    /// <summary>A text in quotation marks.</summary>
    Quoted,

    /// <summary>One of <c>= != &lt; &lt;= &gt; &gt;= &amp;&amp; || ( ) { } [ ] ,</c></summary>
    Symbol,
}

internal readonly record struct Token(TokenKind Kind, string Text)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    public bool IsWord(string word) => Kind == TokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Cuts a JSON or field pattern into tokens.</summary>
internal sealed class FilterTokens(string pattern)
{
    private static readonly string[] Symbols = ["&&", "||", "!=", "<=", ">=", "=", "<", ">", "(", ")", "{", "}", ",", "]"];

    private int _at;

    public Token Next()
    {
        while (_at < pattern.Length && char.IsWhiteSpace(pattern[_at]))
        {
            _at++;
        }

        if (_at >= pattern.Length)
        {
            return new Token(TokenKind.End, "");
        }

        if (pattern[_at] == '"')
        {
            return new Token(TokenKind.Quoted, TermFilter.ReadQuoted(pattern, ref _at));
        }

        if (pattern[_at] == '%' && pattern.IndexOf('%', _at + 1) is > 0 and var end)
        {
            var expression = pattern[_at..(end + 1)];
            _at = end + 1;
            return new Token(TokenKind.Word, expression);
        }

        if (SymbolHere() is { } symbol)
        {
            _at += symbol.Length;
            return new Token(TokenKind.Symbol, symbol);
        }

        return pattern[_at] == '[' && _at == 0 ? TakeOpening() : new Token(TokenKind.Word, ReadWord());
    }

    public Token Peek()
    {
        var before = _at;
        var token = Next();
        _at = before;
        return token;
    }

    public void Expect(string symbol)
    {
        if (!Next().Is(symbol))
        {
            throw new FilterPatternException($"Invalid filter pattern: {symbol} is expected");
        }
    }

    private Token TakeOpening()
    {
        _at++;
        return new Token(TokenKind.Symbol, "[");
    }

    private string? SymbolHere()
    {
        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(pattern, _at, symbol, 0, symbol.Length) == 0)
            {
                return symbol;
            }
        }

        return null;
    }

    /// <summary>Up to a space or symbol; brackets of a selector (<c>$.a[0]</c>, <c>$.['a b']</c>) belong to it.</summary>
    private string ReadWord()
    {
        var start = _at;
        while (_at < pattern.Length && !char.IsWhiteSpace(pattern[_at]) && SymbolHere() is null)
        {
            if (pattern[_at] == '[')
            {
                var close = pattern.IndexOf(']', _at);
                _at = close < 0 ? throw new FilterPatternException("Invalid filter pattern: ] is expected") : close;
            }

            _at++;
        }

        return pattern[start.._at];
    }
}
