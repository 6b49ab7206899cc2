using System.Text;

namespace Petrel.Server.Services.DynamoDb.Model.PartiQl;

/// <summary>Cuts a statement into tokens. Comments are <c>--</c> to the end of the line and <c>/* … */</c>.</summary>
internal sealed class StatementLexer(string text)
{
    private static readonly string[] Pairs = ["<<", ">>", "<>", "<=", ">=", "!="];

    private int _at;
    private int _line = 1;
    private int _lineStart;

    /// <exception cref="Petrel.Wire.CommonException">There is something that no token begins with.</exception>
    public static List<StatementToken> Tokenize(string text)
    {
        var lexer = new StatementLexer(text);
        var tokens = new List<StatementToken>();
        do
        {
            tokens.Add(lexer.Next());
        }
        while (tokens[^1].Kind != StatementTokenKind.End);
        return tokens;
    }

    private char Current => Peek(0);

    private StatementToken Next()
    {
        SkipBlanks();
        var (start, line, column) = (_at, _line, _at - _lineStart + 1);
        var (kind, value) = Read();
        return new StatementToken(kind, value, line, column, _at - start);
    }

    private (StatementTokenKind Kind, string Value) Read()
    {
        switch (Current)
        {
            case '\0' when _at >= text.Length:
                return (StatementTokenKind.End, "");
            case '\'':
                return (StatementTokenKind.Text, Quoted('\''));
            case '"':
                return (StatementTokenKind.QuotedName, Quoted('"'));
            case '?':
                _at++;
                return (StatementTokenKind.Parameter, "?");
            case >= '0' and <= '9':
                return (StatementTokenKind.Number, Number());
            case '.' when char.IsAsciiDigit(Peek(1)):
                return (StatementTokenKind.Number, Number());
            default:
                return char.IsAsciiLetter(Current) || Current is '_' or '$' ? (StatementTokenKind.Word, Word()) : (StatementTokenKind.Symbol, Symbol());
        }
    }

    private string Word()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Current) || Current is '_' or '$')
        {
            _at++;
        }

        return text[start.._at];
    }

    private string Number()
    {
        var start = _at;
        SkipDigits();
        if (Current == '.')
        {
            _at++;
            SkipDigits();
        }

        if (Current is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '+' or '-' && char.IsAsciiDigit(Peek(2)))))
        {
            _at += 2;
            SkipDigits();
        }

        return text[start.._at];
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Current))
        {
            _at++;
        }
    }

    /// <summary>A quote inside is written twice.</summary>
    private string Quoted(char quote)
    {
        var value = new StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            if (text[_at] != quote)
            {
                NoteLine();
                value.Append(text[_at]);
            }
            else if (Peek(1) == quote)
            {
                value.Append(quote);
                _at++;
            }
            else
            {
                _at++;
                return value.ToString();
            }
        }

        throw StatementError.Malformed();
    }

    private string Symbol()
    {
        foreach (var pair in Pairs)
        {
            if (text.AsSpan(_at).StartsWith(pair))
            {
                _at += pair.Length;
                return pair;
            }
        }

        return Current is '(' or ')' or '[' or ']' or '{' or '}' or ',' or '.' or ':' or ';' or '*' or '=' or '<' or '>' or '+' or '-'
            ? text[_at++].ToString()
            : throw StatementError.Malformed();
    }

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (char.IsWhiteSpace(Current))
            {
                NoteLine();
                _at++;
            }
            else if (Current == '-' && Peek(1) == '-')
            {
                var end = text.IndexOf('\n', _at);
                _at = end < 0 ? text.Length : end;
            }
            else if (Current == '/' && Peek(1) == '*')
            {
                SkipComment();
            }
            else
            {
                return;
            }
        }
    }

    private void SkipComment()
    {
        var end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            throw StatementError.Malformed();
        }

        for (; _at < end + 2; _at++)
        {
            NoteLine();
        }
    }

    private void NoteLine()
    {
        if (text[_at] == '\n')
        {
            (_line, _lineStart) = (_line + 1, _at + 1);
        }
    }

    private char Peek(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : '\0';
}
