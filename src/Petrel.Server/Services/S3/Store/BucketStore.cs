using System.Collections.Concurrent;
using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Services.S3.Store;

/// <summary>
/// Buckets by name, which all accounts share, and each account's own. Every request reads its bucket, so that a row is parsed again only
/// when it has changed.
/// </summary>
internal sealed class BucketStore
{
    private const int MaxParsed = 4_096;

    private static readonly Subspace Names = new("s3", "bucket");
    private static readonly Subspace Owned = new("s3", "owned");

    private readonly ConcurrentDictionary<string, (ReadOnlyMemory<byte> Row, BucketState Bucket)> _parsed = [];

    public async ValueTask<BucketState?> FindAsync(IReadTransaction tx, string name)
    {
        if (await tx.GetAsync(Names.Key(name)) is not { } row)
        {
            return null;
        }

        if (_parsed.TryGetValue(name, out var parsed) && parsed.Row.Span.SequenceEqual(row.Span))
        {
            return parsed.Bucket;
        }

        var bucket = StateJson.Read<BucketState>(row);
        if (_parsed.Count >= MaxParsed)
        {
            _parsed.Clear();
        }

        _parsed[name] = (row, bucket);
        return bucket;
    }

    /// <exception cref="S3Exception">There is no such bucket.</exception>
    public async ValueTask<BucketState> GetAsync(IReadTransaction tx, string name) =>
        await FindAsync(tx, name) ?? throw S3Exception.NoSuchBucket(name);

    public static void Put(IWriteTransaction tx, BucketState bucket)
    {
        tx.Put(Names.Key(bucket.Name), StateJson.Write(bucket));
        tx.Put(Owned.Key(bucket.Account, bucket.Name), default);
    }

    public static void Delete(IWriteTransaction tx, BucketState bucket)
    {
        tx.Delete(Names.Key(bucket.Name));
        tx.Delete(Owned.Key(bucket.Account, bucket.Name));
    }

    /// <summary>An account's buckets in the order of their names, those after <paramref name="after"/>.</summary>
    public async ValueTask<List<BucketState>> ListAsync(IReadTransaction tx, string account, string? after, int limit)
    {
        var range = Owned.Range(account);
        range = after is null ? range : range.After(Owned.Key(account, after));
        var buckets = new List<BucketState>();
        foreach (var row in await tx.ScanAsync(range, limit))
        {
            if (await FindAsync(tx, Owned.Unpack(row.Key)[1].Text) is { } bucket)
            {
                buckets.Add(bucket);
            }
        }

        return buckets;
    }

    /// <summary>The buckets of all accounts, page by page, for sweepers.</summary>
    public async ValueTask<List<BucketState>> ListAllAsync(IReadTransaction tx, string? after, int limit)
    {
        var range = after is null ? Names.Range() : Names.Range().After(Names.Key(after));
        var rows = await tx.ScanAsync(range, limit);
        return [.. rows.Select(static row => StateJson.Read<BucketState>(row.Value))];
    }
}
