namespace Petrel.Server.Services.DynamoDb.Model.PartiQl;

internal enum StatementTokenKind : byte
{
    /// <summary>A word without quotes: a keyword, a function or a name.</summary>
    Word,

    /// <summary>A name in double quotes.</summary>
    QuotedName,
    Text,
    Number,
    Parameter,

    /// <summary>A sign, or two that belong together.</summary>
    Symbol,
    End,
}

/// <summary>A piece of a statement.</summary>
/// <param name="Value">What it says, without quotes.</param>
/// <param name="Line">From 1, as <paramref name="Column"/>.</param>
/// <param name="Length">In the statement.</param>
internal readonly record struct StatementToken(StatementTokenKind Kind, string Value, int Line, int Column, int Length)
{
    /// <summary>As errors write it.</summary>
    public string Position => $"{Line}:{Column}:{Length}";

    public bool IsSymbol(string symbol) => Kind == StatementTokenKind.Symbol && Value == symbol;

    public bool IsWord(string word) => Kind == StatementTokenKind.Word && Value.Equals(word, StringComparison.OrdinalIgnoreCase);
}
