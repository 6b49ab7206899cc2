using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>Paths of one expression that cannot stand beside each other.</summary>
internal static class PathCollisions
{
    public static void Add<T>(PathTree<T> tree, DocumentPath path, T what, BindErrors errors)
    {
        if (tree.TryAdd(path, what, out var other, out var isConflict))
        {
            return;
        }

        errors.Add(
            isConflict ? BindError.PathConflict : BindError.PathOverlap,
            $"Two document paths {(isConflict ? "conflict" : "overlap")} with each other; "
            + $"must remove or rewrite one of these paths; path one: {other}, path two: {path}");
    }
}
