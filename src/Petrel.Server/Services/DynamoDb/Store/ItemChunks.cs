using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>Reads a table's rows piece by piece: items may be small or have 400 KB, and a read may hold only so much.</summary>
internal static class ItemChunks
{
    private const int FirstPage = 8;
    private const int LargestPage = 256;

    /// <summary>Rows of a range from its beginning, up to a number of rows, or to the row with which they have a number of bytes.</summary>
    public static async ValueTask<List<KeyValue>> ReadAsync(IReadTransaction tx, KeyRange range, int maxRows, int maxBytes)
    {
        var (found, bytes, page) = (new List<KeyValue>(), 0L, FirstPage);
        while (found.Count < maxRows && bytes < maxBytes)
        {
            var asked = Math.Min(page, maxRows - found.Count);
            var rows = await tx.ScanAsync(range, asked);
            for (var i = 0; i < rows.Count && bytes < maxBytes; i++)
            {
                found.Add(rows[i]);
                bytes += rows[i].Value.Length;
            }

            if (rows.Count < asked)
            {
                break;
            }

            range = range.After(found[^1].Key);
            var fitting = (maxBytes - bytes) / Math.Max(bytes / found.Count, 1);
            page = (int)Math.Clamp(Math.Min(fitting, page * 4L), 1, LargestPage);
        }

        return found;
    }
}
