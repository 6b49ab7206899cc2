using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>The tags of a table.</summary>
internal static class TagRules
{
    public const int MaxTags = 50;

    public static IReadOnlyDictionary<string, string> OfNewTable(IReadOnlyList<Tag>? tags) =>
        tags is null ? new Dictionary<string, string>() : Add(new Dictionary<string, string>(), tags);

    public static IReadOnlyDictionary<string, string> Add(IReadOnlyDictionary<string, string> now, IReadOnlyList<Tag> tags)
    {
        var changed = new Dictionary<string, string>(now, StringComparer.Ordinal);
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            if (!given.Add(tag.Key))
            {
                throw TableProblem.Invalid("Duplicate tag keys found: " + tag.Key);
            }

            if (tag.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw TableProblem.Invalid("Tag keys starting with 'aws:' are reserved for system use");
            }

            changed[tag.Key] = tag.Value;
        }

        return changed.Count <= MaxTags
            ? changed
            : throw CommonException.Validation($"Too many tags: a table has at most {MaxTags} tags");
    }

    public static IReadOnlyDictionary<string, string> Remove(IReadOnlyDictionary<string, string> now, IReadOnlyList<string> keys)
    {
        var changed = new Dictionary<string, string>(now, StringComparer.Ordinal);
        foreach (var key in keys)
        {
            changed.Remove(key);
        }

        return changed;
    }
}
