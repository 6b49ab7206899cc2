using System.Collections.Frozen;

namespace Petrel.Server.Services.DynamoDb.Model.PartiQl;

/// <summary>Words of the language that are names only in double quotes.</summary>
internal static class StatementWords
{
    private static readonly FrozenSet<string> Keywords = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "ALL", "AND", "AS", "ASC", "BETWEEN", "BY", "CASE", "CROSS", "DELETE", "DESC", "DISTINCT", "ELSE", "END", "ESCAPE", "EXCEPT", "EXISTS",
        "FALSE", "FROM", "FULL", "GROUP", "HAVING", "IN", "INNER", "INSERT", "INTERSECT", "INTO", "IS", "JOIN", "LEFT", "LIKE", "LIMIT", "MISSING",
        "MODIFIED", "NEW", "NOT", "NULL", "OFFSET", "OLD", "ON", "OR", "ORDER", "OUTER", "REMOVE", "RETURNING", "RIGHT", "SELECT", "SET", "THEN", "TRUE",
        "UNION", "UPDATE", "VALUE", "VALUES", "WHEN", "WHERE");

    private static readonly FrozenSet<string> Operators =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "AND", "BETWEEN", "IN", "IS", "LIKE", "OR");

    public static bool IsKeyword(this StatementToken token) => token.Kind == StatementTokenKind.Word && Keywords.Contains(token.Value);

    public static bool IsOperator(this StatementToken token) => token.Kind switch
    {
        StatementTokenKind.Word => Operators.Contains(token.Value),
        StatementTokenKind.Symbol => token.Value is "=" or "<" or ">" or "<=" or ">=" or "<>" or "!=" or "+" or "*",
        _ => false,
    };

    public static bool IsName(this StatementToken token) =>
        token.Kind == StatementTokenKind.QuotedName || (token.Kind == StatementTokenKind.Word && !token.IsKeyword());
}
