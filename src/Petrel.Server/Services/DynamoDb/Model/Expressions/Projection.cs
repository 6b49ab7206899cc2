using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>The parts of items that a request asks for.</summary>
internal sealed class Projection
{
    private static readonly SyntaxCache<PathSyntax[]> Cache = new(ProjectionParser.Parse);

    private static readonly BindError[] Order =
        [BindError.Limit, BindError.Reserved, BindError.UndefinedName, BindError.PathOverlap, BindError.PathConflict];

    private readonly PathTree<bool> _tree;

    private Projection(PathTree<bool> tree, IReadOnlyCollection<string> attributes, IReadOnlyCollection<string> nested) =>
        (_tree, Attributes, NestedAttributes) = (tree, attributes, nested);

    /// <summary>The names of the top-level attributes that it takes or reaches into.</summary>
    public IReadOnlyCollection<string> Attributes { get; }

    /// <summary>Those of them into which it reaches (<c>a.b</c>, <c>a[1]</c>); none may be a key.</summary>
    public IReadOnlyCollection<string> NestedAttributes { get; }

    /// <exception cref="CommonException">The expression is wrong (<c>ValidationException</c>).</exception>
    public static Projection Parse(string text, ExpressionScope scope)
    {
        try
        {
            ExpressionLimits.CheckText(text, ExpressionKind.ProjectionExpression);
            return Bind(Cache.Get(text), scope);
        }
        catch (ExpressionException wrong)
        {
            throw wrong.For(ExpressionKind.ProjectionExpression);
        }
    }

    /// <summary>Whole top-level attributes: the legacy parameter AttributesToGet.</summary>
    /// <exception cref="CommonException">A name comes twice (<c>ValidationException</c>).</exception>
    public static Projection Of(IReadOnlyList<string> attributesToGet)
    {
        var tree = new PathTree<bool>();
        foreach (var name in attributesToGet)
        {
            if (!tree.TryAdd(new DocumentPath([new PathElement(name, -1)]), true, out _, out _))
            {
                throw CommonException.Validation(
                    $"One or more parameter values were invalid: Duplicate value in attribute name: {name}");
            }
        }

        return new Projection(tree, attributesToGet, []);
    }

    /// <summary>Given paths, of which none is a part of another one.</summary>
    public static Projection Of(IEnumerable<DocumentPath> paths)
    {
        var tree = new PathTree<bool>();
        var attributes = new List<string>();
        foreach (var path in paths)
        {
            if (tree.TryAdd(path, true, out _, out _) && !attributes.Contains(path.Attribute))
            {
                attributes.Add(path.Attribute);
            }
        }

        return new Projection(tree, attributes, []);
    }

    public AttributeMap Project(AttributeMap item) => ProjectMap(item, _tree.Root) ?? AttributeMap.Empty;

    private static Projection Bind(PathSyntax[] syntax, ExpressionScope scope)
    {
        var errors = new BindErrors();
        var binder = new PathBinder(scope, errors);
        var tree = new PathTree<bool>();
        foreach (var path in syntax)
        {
            if (binder.Bind(path) is { } bound)
            {
                PathCollisions.Add(tree, bound, true, errors);
            }
        }

        errors.ThrowFirst(Order);
        return new Projection(tree, binder.Attributes, binder.NestedAttributes);
    }

    /// <summary>Null where the map has nothing of it.</summary>
    private static AttributeMap? ProjectMap(AttributeMap map, PathNode<bool> node)
    {
        if (node.Names is null)
        {
            return null;
        }

        var builder = new AttributeMapBuilder(node.Names.Count);
        foreach (var (name, child) in node.Names)
        {
            if (map.TryGetValue(name, out var value) && ProjectValue(value, child) is { } part)
            {
                builder.Set(name, part);
            }
        }

        return builder.Count == 0 ? null : builder.Build();
    }

    private static AttributeValue? ProjectValue(AttributeValue value, PathNode<bool> node)
    {
        if (node.End is not null)
        {
            return value;
        }

        return value.Type switch
        {
            AttributeType.Map => ProjectMap(value.Map, node) is { } map ? AttributeValue.Of(map) : null,
            AttributeType.List => ProjectList(value.Items, node),
            _ => null,
        };
    }

    /// <summary>Elements move together: of <c>l[2], l[0]</c> comes a list of two.</summary>
    private static AttributeValue? ProjectList(IReadOnlyList<AttributeValue> items, PathNode<bool> node)
    {
        if (node.Indexes is null)
        {
            return null;
        }

        var parts = new List<AttributeValue>();
        foreach (var (index, child) in node.Indexes)
        {
            if (index < items.Count && ProjectValue(items[index], child) is { } part)
            {
                parts.Add(part);
            }
        }

        return parts.Count == 0 ? null : AttributeValue.Of([.. parts]);
    }
}
