namespace Petrel.Storage.RocksDb;

/// <summary>The column families. Their names are part of the format of the data folder.</summary>
internal enum Column
{
    Data,
    Queues,
    Blobs,
    Counters,
    Logs,
    Meta,
}

/// <summary>Which column family holds which data keys: the areas are consecutive, so that a range splits into at most five.</summary>
internal static class Columns
{
    public static readonly string[] Names = ["default", "queues", "blobs", "counters", "logs", "meta"];

    /// <summary>The areas in key order.</summary>
    private static readonly (KeyRange Range, Column Column)[] Areas =
    [
        (StoreAreas.Blobs.Range(), Column.Blobs),
        (StoreAreas.Queues.Range(), Column.Queues),
    ];

    public static Column Of(Key key)
    {
        foreach (var (range, column) in Areas)
        {
            if (range.Contains(key))
            {
                return column;
            }
        }

        return Column.Data;
    }

    /// <summary>The parts of a range in key order, each in one column family. Most ranges lie in one: then the first is the whole.</summary>
    public static List<(KeyRange Range, Column Column)> Split(KeyRange range)
    {
        var parts = new List<(KeyRange, Column)>(1);
        foreach (var (area, column) in Areas)
        {
            if (area.Begin >= range.End || area.End <= range.Begin)
            {
                continue;
            }

            if (range.Begin < area.Begin)
            {
                parts.Add((range with { End = area.Begin }, Column.Data));
                range = range with { Begin = area.Begin };
            }

            var end = range.End < area.End ? range.End : area.End;
            parts.Add((range with { End = end }, column));
            range = range with { Begin = end };
        }

        if (!range.IsEmpty)
        {
            parts.Add((range, Column.Data));
        }

        return parts;
    }

    /// <summary>The column of a range that lies in one, which is the common case; false when it spans several.</summary>
    public static bool TryWhole(KeyRange range, out Column column)
    {
        column = Column.Data;
        foreach (var (area, areaColumn) in Areas)
        {
            if (area.Begin >= range.End || area.End <= range.Begin)
            {
                continue;
            }

            column = areaColumn;
            return area.Begin <= range.Begin && range.End <= area.End;
        }

        return true;
    }
}
