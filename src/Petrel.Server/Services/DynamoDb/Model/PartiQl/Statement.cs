using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.PartiQl;

/// <summary>One statement, with its literals and parameters in its scope.</summary>
/// <param name="Table">The name of its table.</param>
internal abstract record Statement(string Table, StatementScope Scope)
{
    public ConditionSyntax? Where { get; init; }

    public Returning Returning { get; init; }

    /// <summary>What authorisation calls it.</summary>
    public abstract string Action { get; }

    public bool IsRead => this is SelectStatement;
}

/// <param name="Paths">What is asked; null for <c>*</c>.</param>
internal sealed record SelectStatement(string Table, string? Index, PathSyntax[]? Paths, StatementScope Scope) : Statement(Table, Scope)
{
    public IReadOnlyList<OrderTerm> Order { get; init; } = [];

    public override string Action => "PartiQLSelect";
}

internal sealed record OrderTerm(string Attribute, bool IsDescending);

internal sealed record InsertStatement(string Table, AttributeMap Item, StatementScope Scope) : Statement(Table, Scope)
{
    public override string Action => "PartiQLInsert";
}

internal sealed record UpdateStatement(string Table, ParsedUpdate Changes, StatementScope Scope) : Statement(Table, Scope)
{
    public override string Action => "PartiQLUpdate";
}

internal sealed record DeleteStatement(string Table, StatementScope Scope) : Statement(Table, Scope)
{
    public override string Action => "PartiQLDelete";
}

/// <summary>A transaction's condition on an item that it does not write: <c>EXISTS(SELECT …)</c>.</summary>
internal sealed record ExistsStatement(SelectStatement Select) : Statement(Select.Table, Select.Scope)
{
    public override string Action => Select.Action;
}

internal enum Returning
{
    Nothing,
    AllOld,
    ModifiedOld,
    AllNew,
    ModifiedNew,
}
