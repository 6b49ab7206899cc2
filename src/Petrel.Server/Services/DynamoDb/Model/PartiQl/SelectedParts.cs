using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.PartiQl;

/// <summary>What a SELECT takes of items: each path becomes an attribute that has the name of the path's last step.</summary>
internal sealed class SelectedParts
{
    private readonly List<(DocumentPath Path, string Name)> _parts = [];

    public SelectedParts(PathSyntax[] paths, StatementScope scope)
    {
        foreach (var path in paths)
        {
            var elements = Array.ConvertAll(
                path.Parts, part => part.Name is null ? new PathElement(null, part.Index) : new PathElement(scope.NameOf(part), -1));
            _parts.Add((new DocumentPath(elements), NameOf(elements)));
        }

        Projection = Projection.Of(_parts.Select(part => part.Path));
    }

    /// <summary>The attributes from which the parts are taken.</summary>
    public Projection Projection { get; }

    public AttributeMap Take(AttributeMap item)
    {
        var builder = new AttributeMapBuilder(_parts.Count);
        foreach (var (path, name) in _parts)
        {
            if (path.Find(item) is { } value)
            {
                builder.Set(name, value);
            }
        }

        return builder.Build();
    }

    /// <summary>An element of a list is named with its index: <c>dates[0]</c>.</summary>
    private static string NameOf(PathElement[] elements)
    {
        var last = Array.FindLastIndex(elements, element => element.Name is not null);
        return string.Concat(elements[last..].Select(element => element.ToString()));
    }
}
