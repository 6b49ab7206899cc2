namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

/// <summary>Parses a list of paths.</summary>
internal static class ProjectionParser
{
    /// <exception cref="ExpressionException">The text is no list of paths.</exception>
    public static PathSyntax[] Parse(string text)
    {
        var reader = new TokenReader(text);
        var paths = new List<PathSyntax>();
        do
        {
            paths.Add(OperandParser.Path(reader));
        }
        while (reader.TrySkip(TokenKind.Comma));
        return reader.Kind == TokenKind.End ? [.. paths] : throw reader.SyntaxError();
    }
}
