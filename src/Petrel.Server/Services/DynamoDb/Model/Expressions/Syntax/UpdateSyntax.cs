namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

internal enum UpdateKind
{
    Set,
    Remove,
    Add,
    Delete,
}

/// <param name="Value">What is set, added or deleted; null for REMOVE.</param>
internal sealed record UpdateActionSyntax(UpdateKind Kind, PathSyntax Path, OperandSyntax? Value)
{
    public override string ToString() => Kind switch
    {
        UpdateKind.Set => $"{Path} = {Value}",
        UpdateKind.Remove => $"{Path}",
        _ => $"{Path} {Value}",
    };
}

internal sealed record UpdateSectionSyntax(UpdateKind Kind, UpdateActionSyntax[] Actions)
{
    public override string ToString() => $"{Kind.ToString().ToUpperInvariant()} {string.Join<UpdateActionSyntax>(", ", Actions)}";
}

internal sealed record ParsedUpdate(UpdateSectionSyntax[] Sections, int Operators)
{
    public override string ToString() => string.Join<UpdateSectionSyntax>(' ', Sections);
}
