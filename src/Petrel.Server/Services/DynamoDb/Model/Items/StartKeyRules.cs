using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Items;

/// <summary>What an <c>ExclusiveStartKey</c> must be like: the key attributes of the table and of the index that is read, and no others.</summary>
internal static class StartKeyRules
{
    private const string Invalid = "The provided starting key is invalid";
    private const string OfItsOwn = "contains duplicates|number set|numeric value|significant digits|number with magnitude";

    /// <summary>Says what is wrong with a value of the key itself.</summary>
    public static void CheckValues(AttributeMap? startKey)
    {
        if (startKey?.Problem is { } problem)
        {
            throw CommonException.Validation(SaysIt(problem) ? problem : $"{Invalid}: {problem}");
        }
    }

    /// <param name="isQuery">Scans of a table say more about what is wrong.</param>
    public static void CheckSchema(TableState table, IndexState? index, AttributeMap startKey, bool isQuery)
    {
        if (startKey.Count != CountKeys(table, index))
        {
            throw CommonException.Validation(
                isQuery || index is not null ? Invalid : $"{Invalid}: The provided key element does not match the schema");
        }

        if (index is not null)
        {
            RequireAll(index.Keys, startKey);
            ItemRules.CheckKey(index.Keys, Part(index.Keys, startKey));
        }
        else if (isQuery)
        {
            RequireAll(table.Keys, startKey);
        }

        CheckTableKey(table, startKey);
    }

    private static void CheckTableKey(TableState table, AttributeMap startKey)
    {
        try
        {
            ItemRules.CheckKey(table.Keys, Part(table.Keys, startKey));
        }
        catch (CommonException problem)
        {
            throw CommonException.Validation($"{Invalid}: {problem.Message}");
        }
    }

    private static void RequireAll(KeySchema keys, AttributeMap startKey)
    {
        if (!startKey.ContainsKey(keys.Partition.Name) || (keys.Sort is { } sort && !startKey.ContainsKey(sort.Name)))
        {
            throw CommonException.Validation(Invalid);
        }
    }

    private static AttributeMap Part(KeySchema keys, AttributeMap startKey)
    {
        var part = new AttributeMapBuilder(2);
        if (startKey.TryGetValue(keys.Partition.Name, out var partition))
        {
            part.Set(keys.Partition.Name, partition);
        }

        if (keys.Sort is not null && startKey.TryGetValue(keys.Sort.Name, out var sort))
        {
            part.Set(keys.Sort.Name, sort);
        }

        return part.Build();
    }

    private static int CountKeys(TableState table, IndexState? index)
    {
        var count = table.Keys.Count;
        if (index is not null)
        {
            count += table.Keys.Find(index.Keys.Partition.Name) is null ? 1 : 0;
            count += index.Keys.Sort is { } sort && table.Keys.Find(sort.Name) is null ? 1 : 0;
        }

        return count;
    }

    /// <summary>Problems of numbers and sets stand for themselves in the service's answers.</summary>
    private static bool SaysIt(string problem)
    {
        foreach (var words in OfItsOwn.AsSpan().Split('|'))
        {
            if (problem.AsSpan().Contains(OfItsOwn.AsSpan(words), StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
