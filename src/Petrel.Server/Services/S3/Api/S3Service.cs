using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Events;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.Services.S3.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Api;

/// <summary>Where buckets, objects and their bytes are kept.</summary>
internal sealed record S3Stores(S3Store Transactions, BucketStore Buckets, ObjectStore Objects, ContentStore Content, ObjectEvents Events);

/// <summary>The operations of S3. What they have in common stands here; the rest by noun.</summary>
internal sealed partial class S3Service(S3Stores stores, S3Access access, FunctionTargets targets, IIdSource ids, TimeProvider time) : IS3
{
    private const string Aes = "AES256";

    private static readonly CommonException MfaNotBuilt = CommonException.NotImplemented("s3", "MFA delete");

    private S3Store Transactions => stores.Transactions;

    /// <summary>What answers say of encryption.</summary>
    private static string? EncryptionOf(ContentRef? content) => content is { IsSealed: true } ? Aes : null;

    /// <exception cref="S3Exception">There is no such bucket.</exception>
    public ValueTask<BucketState> FindBucketAsync(string name, CallContext call) => GetBucketAsync(name, call);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private ValueTask<BucketState> GetBucketAsync(string name, CallContext call) =>
        Transactions.ReadAsync(tx => stores.Buckets.GetAsync(tx, name), call.Aborted);

    private async Task<BucketState> ChangeBucketAsync(string name, CallContext call, Func<BucketState, BucketState> change) => await Transactions.WriteAsync(
        async tx =>
        {
            var changed = change(await stores.Buckets.GetAsync(tx, name));
            BucketStore.Put(tx, changed);
            return changed;
        },
        call.Aborted);

    /// <summary>Versions are told of only where the bucket has them.</summary>
    private static string? ShowVersion(BucketState bucket, ObjectState state) => bucket.Versioning is null ? null : state.ShownVersionId;

    private static Dictionary<string, string>? ShowChecksum(StoredChecksum? checksum) => checksum is null
        ? null
        : new Dictionary<string, string> { [checksum.Algorithm.ToLowerInvariant()] = checksum.Value, ["type"] = checksum.Type };

    private static string? ValueOf(StoredChecksum? checksum, string algorithm) => checksum?.Algorithm == algorithm ? checksum.Value : null;

    private static S3Owner OwnerOf(BucketState bucket) => CanonicalUsers.Of(bucket.Account);

    private static DateTimeOffset Seconds(long ms) => DateTimeOffset.FromUnixTimeSeconds(ms / 1_000);
}
