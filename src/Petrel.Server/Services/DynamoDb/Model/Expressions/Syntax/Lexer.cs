namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

/// <summary>Cuts an expression into tokens; the last one is always <see cref="TokenKind.End"/>.</summary>
internal static class Lexer
{
    public static Token[] Tokenize(string text)
    {
        var tokens = new List<Token>(16);
        var at = 0;
        while (true)
        {
            while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n')
            {
                at++;
            }

            if (at >= text.Length)
            {
                tokens.Add(new Token(TokenKind.End, text.Length, 0));
                return [.. tokens];
            }

            var token = Next(text, at);
            tokens.Add(token);
            at = token.EndsAt;
        }
    }

    public static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private static Token Next(string text, int at)
    {
        var c = text[at];
        if (char.IsAsciiLetter(c) || c == '_')
        {
            return new Token(TokenKind.Identifier, at, NameLength(text, at));
        }

        if (char.IsAsciiDigit(c))
        {
            return new Token(TokenKind.Number, at, DigitsLength(text, at));
        }

        if (c is '#' or ':' && NameLength(text, at + 1) is var length and > 0)
        {
            return new Token(c == '#' ? TokenKind.NameReference : TokenKind.ValueReference, at, length + 1);
        }

        var kind = Symbol(c, at + 1 < text.Length ? text[at + 1] : '\0');
        return new Token(kind, at, kind is TokenKind.NotEqual or TokenKind.LessOrEqual or TokenKind.GreaterOrEqual ? 2 : 1);
    }

    private static TokenKind Symbol(char c, char next) => (c, next) switch
    {
        ('<', '>') => TokenKind.NotEqual,
        ('<', '=') => TokenKind.LessOrEqual,
        ('>', '=') => TokenKind.GreaterOrEqual,
        ('<', _) => TokenKind.Less,
        ('>', _) => TokenKind.Greater,
        ('=', _) => TokenKind.Equal,
        ('(', _) => TokenKind.LeftParenthesis,
        (')', _) => TokenKind.RightParenthesis,
        ('[', _) => TokenKind.LeftBracket,
        (']', _) => TokenKind.RightBracket,
        (',', _) => TokenKind.Comma,
        ('.', _) => TokenKind.Dot,
        ('+', _) => TokenKind.Plus,
        ('-', _) => TokenKind.Minus,
        _ => TokenKind.Other,
    };

    private static int NameLength(string text, int start)
    {
        var end = start;
        while (end < text.Length && IsNamePart(text[end]))
        {
            end++;
        }

        return end - start;
    }

    private static int DigitsLength(string text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end - start;
    }
}
