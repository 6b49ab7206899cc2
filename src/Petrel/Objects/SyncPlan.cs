namespace Petrel.Objects;

/// <summary>A file or an object, by its name below the root of a synchronisation, with slashes.</summary>
internal sealed record SyncItem(string Name, long Size, DateTimeOffset Modified);

/// <summary>What a synchronisation does: names to copy, and names to delete from where it goes.</summary>
internal sealed record SyncPlan(IReadOnlyList<SyncItem> Copy, IReadOnlyList<string> Delete)
{
    /// <summary>What is missing, of another size, or older where it goes is copied.</summary>
    /// <param name="deletes">What is not at the source is deleted.</param>
    public static SyncPlan Make(IEnumerable<SyncItem> source, IReadOnlyDictionary<string, SyncItem> target, bool deletes)
    {
        var copy = new List<SyncItem>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in source)
        {
            names.Add(item.Name);
            if (!target.TryGetValue(item.Name, out var there) || there.Size != item.Size || IsOlder(there, item))
            {
                copy.Add(item);
            }
        }

        return new SyncPlan(copy, deletes ? [.. target.Keys.Where(name => !names.Contains(name)).Order(StringComparer.Ordinal)] : []);
    }

    /// <summary>Listings tell whole seconds.</summary>
    private static bool IsOlder(SyncItem there, SyncItem item) => there.Modified.ToUnixTimeSeconds() < item.Modified.ToUnixTimeSeconds();
}
