using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Updates;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>Changes of an item: parsed from an expression, or made of the legacy parameter AttributeUpdates.</summary>
internal sealed class Update
{
    private static readonly SyntaxCache<ParsedUpdate> Cache = new(UpdateParser.Parse);

    private readonly PathTree<UpdateStep> _tree;
    private readonly IReadOnlyList<DocumentPath> _targets;

    internal Update(PathTree<UpdateStep> tree, IReadOnlyList<DocumentPath> targets, IReadOnlyCollection<string> attributes) =>
        (_tree, _targets, Attributes) = (tree, targets, attributes);

    /// <summary>The names of the top-level attributes that it changes or changes inside; none may be a key.</summary>
    public IReadOnlyCollection<string> Attributes { get; }

    /// <summary>Attributes inside which it changes something or looks (<c>a.b</c>, <c>a[1]</c>); none may be a key.</summary>
    public IReadOnlyCollection<string> NestedAttributes { get; internal init; } = [];

    /// <summary>The SET clauses, in their order.</summary>
    internal IReadOnlyList<SetStep> Assignments { get; init; } = [];

    /// <exception cref="CommonException">The expression is wrong (<c>ValidationException</c>).</exception>
    public static Update Parse(string text, ExpressionScope scope)
    {
        try
        {
            ExpressionLimits.CheckText(text, ExpressionKind.UpdateExpression);
            var parsed = Cache.Get(text);
            ExpressionLimits.CheckOperators(parsed.Operators);
            return new UpdateBinder(scope).Bind(parsed);
        }
        catch (ExpressionException wrong)
        {
            throw wrong.For(ExpressionKind.UpdateExpression);
        }
    }

    /// <param name="item">The item before; where there is none, a map of its key alone.</param>
    /// <exception cref="CommonException">The item does not allow the change (<c>ValidationException</c>).</exception>
    public UpdateOutcome Apply(AttributeMap item) => new(item, UpdateWriter.Apply(item, _tree.Root, Assignments), _targets);
}

/// <summary>An item after an update.</summary>
internal sealed class UpdateOutcome(AttributeMap before, AttributeMap item, IReadOnlyList<DocumentPath> targets)
{
    /// <summary>An item that nothing changed.</summary>
    public UpdateOutcome(AttributeMap item)
        : this(item, item, [])
    {
    }

    public AttributeMap Item { get; } = item;

    /// <summary>What ReturnValues UPDATED_OLD answers: the changed parts as they were; empty where there were none.</summary>
    public AttributeMap UpdatedOld() => Projection.Of(targets).Project(before);

    /// <summary>What ReturnValues UPDATED_NEW answers: the changed parts as they are.</summary>
    public AttributeMap UpdatedNew() => Projection.Of(targets).Project(Item);
}
