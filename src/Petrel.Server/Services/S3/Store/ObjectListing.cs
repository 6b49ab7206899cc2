using Petrel.Server.Services.S3.Model;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Services.S3.Store;

/// <summary>What is listed. Keys with the delimiter behind the prefix are folded into one common prefix, which is passed over unread.</summary>
/// <param name="After">The key, or common prefix, after which the listing begins; null from the start.</param>
internal sealed record ListingQuery(ulong Bucket, byte[] Prefix, byte[] Delimiter, byte[]? After, int Limit)
{
    /// <summary>Where to begin: after a common prefix, behind all its keys.</summary>
    public byte[] Start
    {
        get
        {
            if (After is null || After.AsSpan().SequenceCompareTo(Prefix) < 0)
            {
                return Prefix;
            }

            return CommonPrefix(After) is { } folded ? ObjectKeys.Successor(folded) ?? After : [.. After, 0];
        }
    }

    /// <summary>The common prefix into which a key is folded; null for a key that is listed itself.</summary>
    public byte[]? CommonPrefix(byte[] key)
    {
        if (Delimiter.Length == 0 || key.Length < Prefix.Length)
        {
            return null;
        }

        var at = key.AsSpan(Prefix.Length).IndexOf(Delimiter);
        return at < 0 ? null : key[..(Prefix.Length + at + Delimiter.Length)];
    }
}

/// <summary>A page: keys and common prefixes together are at most the limit.</summary>
/// <param name="Last">The last key or common prefix of the page, from which the next goes on; null for an empty page.</param>
internal sealed record ObjectPage(List<(string Key, ObjectState State)> Objects, List<string> Prefixes, byte[]? Last, bool IsTruncated);

/// <summary>Lists current objects.</summary>
internal static class ObjectListing
{
    public static async ValueTask<ObjectPage> ListAsync(IReadTransaction tx, ListingQuery query)
    {
        var objects = new List<(string, ObjectState)>();
        var prefixes = new List<string>();
        byte[]? last = null;
        if (query.Limit == 0)
        {
            return new ObjectPage(objects, prefixes, null, IsTruncated: false);
        }

        var cursor = new RowCursor(tx, ObjectRows.CurrentFrom(query.Bucket, query.Start, query.Prefix), query.Limit + 1);
        while (await cursor.PeekAsync() is { } row)
        {
            if (objects.Count + prefixes.Count == query.Limit)
            {
                return new ObjectPage(objects, prefixes, last, IsTruncated: true);
            }

            var key = ObjectRows.ReadCurrentKey(row.Key);
            if (query.CommonPrefix(key) is { } folded)
            {
                prefixes.Add(ObjectKeys.Text(folded));
                last = folded;
                if (ObjectKeys.Successor(folded) is not { } behind)
                {
                    break;
                }

                cursor.Jump(ObjectRows.CurrentKey(query.Bucket, behind));
                continue;
            }

            objects.Add((ObjectKeys.Text(key), StateJson.Read<ObjectState>(row.Value)));
            last = key;
            cursor.Next();
        }

        return new ObjectPage(objects, prefixes, last, IsTruncated: false);
    }
}
