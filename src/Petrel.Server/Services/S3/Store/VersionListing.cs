using Petrel.Server.Services.S3.Model;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Services.S3.Store;

/// <param name="Versions">Objects and markers in order; the last of each is the newest of its key.</param>
/// <param name="LastVersion">The version from which the next page goes on; null where the last of the page is a common prefix.</param>
internal sealed record VersionPage(
    List<(string Key, ObjectState State, bool IsLatest)> Versions, List<string> Prefixes, byte[]? Last, VersionOrder? LastVersion, bool IsTruncated)
{
    public int Count => Versions.Count + Prefixes.Count;
}

/// <summary>Lists all versions: current objects and the others are two ranges of rows, walked side by side.</summary>
internal sealed class VersionListing
{
    private readonly ListingQuery _query;
    private readonly byte[]? _skipKey;
    private readonly VersionOrder? _skipThrough;
    private readonly RowCursor _current;
    private readonly RowCursor _others;
    private readonly VersionPage _page = new([], [], null, null, false);
    private byte[]? _last;
    private VersionOrder? _lastVersion;

    /// <param name="through">With <see cref="ListingQuery.After"/>: the version of that key through which all has been listed.</param>
    private VersionListing(IReadTransaction tx, ListingQuery query, VersionOrder? through)
    {
        _query = query;
        (_skipKey, _skipThrough) = through is null ? (null, null) : (query.After, through);
        var start = through is null ? query.Start : query.After!;
        _current = new RowCursor(tx, ObjectRows.CurrentFrom(query.Bucket, start, query.Prefix), query.Limit + 1);
        _others = new RowCursor(tx, ObjectRows.VersionsFrom(query.Bucket, start, query.Prefix), query.Limit + 1);
    }

    public static async ValueTask<VersionPage> ListAsync(IReadTransaction tx, ListingQuery query, VersionOrder? through)
    {
        if (query.Limit == 0)
        {
            return new VersionPage([], [], null, null, false);
        }

        var listing = new VersionListing(tx, query, through);
        var isTruncated = await listing.WalkAsync();
        return listing._page with { Last = listing._last, LastVersion = listing._lastVersion, IsTruncated = isTruncated };
    }

    /// <returns>True when there is more than the page holds.</returns>
    private async ValueTask<bool> WalkAsync()
    {
        while (true)
        {
            var current = await _current.PeekAsync();
            var other = await _others.PeekAsync();
            if (current is null && other is null)
            {
                return false;
            }

            var currentKey = current is { } c ? ObjectRows.ReadCurrentKey(c.Key) : null;
            var otherKey = other is { } o ? ObjectRows.ReadVersionKey(o.Key).Key : null;
            var key = Smaller(currentKey, otherKey);
            if (_query.CommonPrefix(key) is { } folded)
            {
                if (_page.Count == _query.Limit)
                {
                    return true;
                }

                Fold(folded);
                continue;
            }

            var hasCurrent = currentKey is not null && key.AsSpan().SequenceEqual(currentKey);
            if (hasCurrent && Add(key, StateJson.Read<ObjectState>(current!.Value.Value), isLatest: true))
            {
                return true;
            }

            if (hasCurrent)
            {
                _current.Next();
            }

            if (otherKey is not null && key.AsSpan().SequenceEqual(otherKey) && await AddOthersAsync(key, isFirstLatest: !hasCurrent))
            {
                return true;
            }
        }
    }

    private async ValueTask<bool> AddOthersAsync(byte[] key, bool isFirstLatest)
    {
        var isLatest = isFirstLatest;
        while (await _others.PeekAsync() is { } row && ObjectRows.ReadVersionKey(row.Key).Key.AsSpan().SequenceEqual(key))
        {
            if (Add(key, StateJson.Read<ObjectState>(row.Value), isLatest))
            {
                return true;
            }

            isLatest = false;
            _others.Next();
        }

        return false;
    }

    /// <returns>True when the page is full and this one has no place.</returns>
    private bool Add(byte[] key, ObjectState state, bool isLatest)
    {
        // The newest have the smallest order.
        if (_skipThrough is { } through && key.AsSpan().SequenceEqual(_skipKey) && state.Order.ToBytes().AsSpan().SequenceCompareTo(through.ToBytes()) <= 0)
        {
            return false;
        }

        if (_page.Count == _query.Limit)
        {
            return true;
        }

        _page.Versions.Add((ObjectKeys.Text(key), state, isLatest));
        (_last, _lastVersion) = (key, state.Order);
        return false;
    }

    private void Fold(byte[] folded)
    {
        _page.Prefixes.Add(ObjectKeys.Text(folded));
        (_last, _lastVersion) = (folded, null);
        var behind = ObjectKeys.Successor(folded) ?? [byte.MaxValue];
        _current.Jump(ObjectRows.CurrentKey(_query.Bucket, behind));
        _others.Jump(ObjectRows.VersionsFrom(_query.Bucket, behind, []).Begin);
    }

    private static byte[] Smaller(byte[]? a, byte[]? b) => a is null ? b! : b is null || a.AsSpan().SequenceCompareTo(b) <= 0 ? a : b;
}
