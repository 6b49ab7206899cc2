namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

internal enum TokenKind : byte
{
    /// <summary>A keyword, a function's name or an attribute's name.</summary>
    Identifier,

    /// <summary>A placeholder of a name: <c>#n</c>.</summary>
    NameReference,

    /// <summary>A placeholder of a value: <c>:v</c>.</summary>
    ValueReference,
    Number,
    LeftParenthesis,
    RightParenthesis,
    LeftBracket,
    RightBracket,
    Comma,
    Dot,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,

    /// <summary>A character that has no place in expressions.</summary>
    Other,
    End,
}

/// <summary>A piece of an expression's text.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int Length)
{
    public int EndsAt => Start + Length;
}
