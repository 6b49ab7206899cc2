using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Updates;

/// <summary>Makes the new item: all steps see the item before any of them, so their order says nothing.</summary>
internal sealed class UpdateWriter(AssignedValues assigned)
{
    private const int MaxDepth = 32;

    public static AttributeMap Apply(AttributeMap item, PathNode<UpdateStep> root, IReadOnlyList<SetStep> assignments)
    {
        var assigned = new AssignedValues();
        foreach (var step in assignments)
        {
            assigned.Add(step, step.Value.Value(item));
        }

        return new UpdateWriter(assigned).ApplyMap(item, root, depth: 0);
    }

    private AttributeMap ApplyMap(AttributeMap map, PathNode<UpdateStep> node, int depth)
    {
        if (node.Names is null)
        {
            return map;
        }

        var builder = new AttributeMapBuilder(map);
        foreach (var (name, child) in node.Names)
        {
            var old = builder.TryGet(name, out var found) ? found : null;
            var changed = ApplyValue(old, child, depth + 1);
            if (changed is not null)
            {
                builder.Set(name, changed);
            }
            else if (old is not null)
            {
                builder.Remove(name);
            }
        }

        return builder.Build();
    }

    private AttributeValue? ApplyValue(AttributeValue? old, PathNode<UpdateStep> node, int depth)
    {
        if (node.What is { } step)
        {
            var changed = step.Apply(old, assigned);
            return changed is null || depth + Depth(changed) <= MaxDepth + 1 ? changed : throw UpdateErrors.TooDeep();
        }

        return old?.Type switch
        {
            AttributeType.Map when node.Names is not null => AttributeValue.Of(ApplyMap(old.Map, node, depth)),
            AttributeType.List when node.Indexes is not null => ApplyList(old.Items, node.Indexes, depth),
            _ => throw UpdateErrors.NoSuchPath(),
        };
    }

    /// <summary>Elements beyond the end are appended in the order of their indexes; removed ones leave no gap.</summary>
    private AttributeValue ApplyList(
        IReadOnlyList<AttributeValue> items, SortedDictionary<int, PathNode<UpdateStep>> nodes, int depth)
    {
        var changed = new List<AttributeValue?>(items);
        foreach (var (index, child) in nodes)
        {
            var old = index < items.Count ? items[index] : null;
            var value = ApplyValue(old, child, depth + 1);
            if (index < items.Count)
            {
                changed[index] = value;
            }
            else if (value is not null)
            {
                changed.Add(value);
            }
        }

        return AttributeValue.Of([.. changed.OfType<AttributeValue>()]);
    }

    /// <summary>Levels of lists and maps in a value, itself among them: 0 for a scalar.</summary>
    private static int Depth(AttributeValue value) => value.Type switch
    {
        AttributeType.Map => 1 + Deepest(value.Map.Values),
        AttributeType.List => 1 + Deepest(value.Items),
        _ => 0,
    };

    private static int Deepest(IEnumerable<AttributeValue> values)
    {
        var deepest = 0;
        foreach (var value in values)
        {
            deepest = Math.Max(deepest, Depth(value));
        }

        return deepest;
    }
}
