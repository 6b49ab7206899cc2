using System.Diagnostics.CodeAnalysis;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;

/// <summary>
/// The paths of a projection or an update as a tree, in which no path is a part of another one, and each ends in what is to be done there.
/// </summary>
internal sealed class PathTree<T>
{
    private readonly PathNode<T> _root = new();

    public PathNode<T> Root => _root;

    /// <summary>False where the path does not go with an earlier one, which is given.</summary>
    public bool TryAdd(DocumentPath path, T what, [NotNullWhen(false)] out DocumentPath? other, out bool isConflict)
    {
        (other, isConflict) = (null, false);
        var node = _root;
        foreach (var element in path.Elements)
        {
            if (node.End is not null)
            {
                other = node.End;
                return false;
            }

            other = element.Name is null ? node.FirstName : node.FirstIndex;
            if (other is not null)
            {
                isConflict = true;
                return false;
            }

            node = node.Step(element, path);
        }

        other = node.End ?? node.FirstName ?? node.FirstIndex;
        if (other is not null)
        {
            return false;
        }

        (node.End, node.What) = (path, what);
        return true;
    }
}

/// <summary>A step on the way of some paths, or the end of one.</summary>
internal sealed class PathNode<T>
{
    private Dictionary<string, PathNode<T>>? _byName;
    private SortedDictionary<int, PathNode<T>>? _byIndex;

    /// <summary>The path that ends here; null on the way.</summary>
    public DocumentPath? End { get; set; }

    public T? What { get; set; }

    /// <summary>The first path that goes on with a name, or null.</summary>
    public DocumentPath? FirstName { get; private set; }

    /// <summary>The first path that goes on with an index, or null.</summary>
    public DocumentPath? FirstIndex { get; private set; }

    public IReadOnlyDictionary<string, PathNode<T>>? Names => _byName;

    /// <summary>By rising index.</summary>
    public SortedDictionary<int, PathNode<T>>? Indexes => _byIndex;

    public PathNode<T> Step(PathElement element, DocumentPath path)
    {
        if (element.Name is null)
        {
            FirstIndex ??= path;
            _byIndex ??= [];
            if (!_byIndex.TryGetValue(element.Index, out var at))
            {
                _byIndex[element.Index] = at = new PathNode<T>();
            }

            return at;
        }

        FirstName ??= path;
        _byName ??= [];
        if (!_byName.TryGetValue(element.Name, out var child))
        {
            _byName[element.Name] = child = new PathNode<T>();
        }

        return child;
    }
}
