using System.Text;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

/// <summary>What stands at either side of an operator, or between the parentheses of a function; prints as it is parsed.</summary>
internal abstract record OperandSyntax;

/// <summary>A place in an item: <c>a.b[2].#c</c>.</summary>
internal sealed record PathSyntax(PathPart[] Parts) : OperandSyntax
{
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var part in Parts)
        {
            if (part.Name is null)
            {
                text.Append('[').Append(part.Index).Append(']');
            }
            else
            {
                text.Append(text.Length == 0 ? "" : ".").Append(part.Name);
            }
        }

        return text.ToString();
    }
}

/// <param name="Name">A name, or the placeholder of one; null where the part is an index.</param>
internal readonly record struct PathPart(string? Name, int Index)
{
    public bool IsReference => Name is not null && Name[0] == '#';
}

/// <summary>The placeholder of a value, with its colon.</summary>
internal sealed record ValueSyntax(string Name) : OperandSyntax
{
    public override string ToString() => Name;
}

internal sealed record FunctionSyntax(string Name, OperandSyntax[] Arguments) : OperandSyntax
{
    public override string ToString() => $"{Name}({string.Join<OperandSyntax>(", ", Arguments)})";
}

/// <summary>A sum or difference in a SET clause.</summary>
internal sealed record ArithmeticSyntax(bool IsSum, OperandSyntax Left, OperandSyntax Right) : OperandSyntax
{
    public override string ToString() => $"{Left} {(IsSum ? '+' : '-')} {Right}";
}
