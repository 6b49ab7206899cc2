using System.Text;
using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.Services.S3.Store;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Api;

/// <content>Listings.</content>
internal sealed partial class S3Service
{
    public async Task<ListObjectsOutput> ListObjects(ListObjectsRequest request, CallContext call)
    {
        Unsupported.Header("x-amz-optional-object-attributes", request.OptionalObjectAttributes);
        var rules = ListingRules.Read(request.EncodingType);
        var limit = ListingRules.PageSize(request.MaxKeys, "max-keys");
        var (bucket, page) = await ListAsync(
            request.Bucket, b => Query(b, request.Prefix, request.Delimiter, string.IsNullOrEmpty(request.Marker) ? null : Encoding.UTF8.GetBytes(request.Marker), limit), call);
        var next = page.IsTruncated && !string.IsNullOrEmpty(request.Delimiter) ? rules.Show(ObjectKeys.Text(page.Last)) : null;
        var result = new ListBucketResult(
            bucket.Name,
            rules.Show(request.Prefix ?? ""),
            limit,
            page.IsTruncated,
            Marker: rules.Show(request.Marker ?? ""),
            NextMarker: next,
            Delimiter: rules.ShowOrNull(request.Delimiter),
            EncodingType: request.EncodingType,
            Contents: Show(page, rules, OwnerOf(bucket)),
            CommonPrefixes: ShowPrefixes(page.Prefixes, rules));
        return new ListObjectsOutput(result, bucket.Region);
    }

    public async Task<ListObjectsV2Output> ListObjectsV2(ListObjectsV2Request request, CallContext call)
    {
        Unsupported.Header("x-amz-optional-object-attributes", request.OptionalObjectAttributes);
        var rules = ListingRules.Read(request.EncodingType);
        var limit = ListingRules.PageSize(request.MaxKeys, "max-keys");
        var after = request.ContinuationToken is { } token
            ? ListingRules.ReadToken(token)
            : string.IsNullOrEmpty(request.StartAfter) ? null : Encoding.UTF8.GetBytes(request.StartAfter);
        var (bucket, page) = await ListAsync(request.Bucket, b => Query(b, request.Prefix, request.Delimiter, after, limit), call);
        var result = new ListBucketResult(
            bucket.Name,
            rules.Show(request.Prefix ?? ""),
            limit,
            page.IsTruncated,
            Delimiter: rules.ShowOrNull(request.Delimiter),
            EncodingType: request.EncodingType,
            KeyCount: page.Objects.Count + page.Prefixes.Count,
            ContinuationToken: request.ContinuationToken,
            NextContinuationToken: page.IsTruncated ? ListingRules.Token(page.Last!) : null,
            StartAfter: rules.ShowOrNull(request.StartAfter),
            Contents: Show(page, rules, request.FetchOwner is true ? OwnerOf(bucket) : null),
            CommonPrefixes: ShowPrefixes(page.Prefixes, rules));
        return new ListObjectsV2Output(result, bucket.Region);
    }

    public async Task<ListVersionsResult> ListObjectVersions(ListObjectVersionsRequest request, CallContext call)
    {
        Unsupported.Header("x-amz-optional-object-attributes", request.OptionalObjectAttributes);
        var rules = ListingRules.Read(request.EncodingType);
        var limit = ListingRules.PageSize(request.MaxKeys, "max-keys");
        var after = string.IsNullOrEmpty(request.KeyMarker) ? null : Encoding.UTF8.GetBytes(request.KeyMarker);
        if (!string.IsNullOrEmpty(request.VersionIdMarker) && after is null)
        {
            throw S3Exception.InvalidArgument("A version-id marker cannot be specified without a key marker.", "version-id-marker", request.VersionIdMarker);
        }

        var (bucket, page) = await Transactions.ReadAsync(
            async tx =>
            {
                var of = await stores.Buckets.GetAsync(tx, request.Bucket);
                var through = await MarkerOrderAsync(tx, of, after, request.VersionIdMarker);
                return (of, await VersionListing.ListAsync(tx, Query(of, request.Prefix, request.Delimiter, after, limit), through));
            },
            call.Aborted);
        var owner = OwnerOf(bucket);
        return new ListVersionsResult(
            bucket.Name,
            rules.Show(request.Prefix ?? ""),
            rules.Show(request.KeyMarker ?? ""),
            request.VersionIdMarker ?? "",
            limit,
            page.IsTruncated,
            page.IsTruncated ? rules.Show(ObjectKeys.Text(page.Last)) : null,
            page.IsTruncated ? LastVersion(page) : null,
            rules.ShowOrNull(request.Delimiter),
            request.EncodingType,
            [.. page.Versions.Where(static v => !v.State.IsMarker).Select(v => ShowVersion(v.Key, v.State, v.IsLatest, rules, owner))],
            [.. page.Versions.Where(static v => v.State.IsMarker)
                .Select(v => new ListedMarker(rules.Show(v.Key), v.State.ShownVersionId, v.IsLatest, v.State.Modified, owner))],
            ShowPrefixes(page.Prefixes, rules));
    }

    private ValueTask<(BucketState Bucket, ObjectPage Page)> ListAsync(string name, Func<BucketState, ListingQuery> query, CallContext call) =>
        Transactions.ReadAsync(
            async tx =>
            {
                var bucket = await stores.Buckets.GetAsync(tx, name);
                return (bucket, await ObjectListing.ListAsync(tx, query(bucket)));
            },
            call.Aborted);

    private static ListingQuery Query(BucketState bucket, string? prefix, string? delimiter, byte[]? after, int limit) =>
        new(bucket.Id, Encoding.UTF8.GetBytes(prefix ?? ""), Encoding.UTF8.GetBytes(delimiter ?? ""), after, limit);

    private static ListedObject[] Show(ObjectPage page, ListingRules rules, S3Owner? owner)
    {
        var shown = new ListedObject[page.Objects.Count];
        for (var i = 0; i < shown.Length; i++)
        {
            var (key, state) = page.Objects[i];
            shown[i] = new ListedObject(
                rules.Show(key), state.Modified, state.QuotedETag, state.Size, Unsupported.Standard, AlgorithmOf(state), state.Checksum?.Type, owner);
        }

        return shown;
    }

    private static ListedVersion ShowVersion(string key, ObjectState state, bool isLatest, ListingRules rules, S3Owner owner) => new(
        rules.Show(key),
        state.ShownVersionId,
        isLatest,
        state.Modified,
        state.QuotedETag,
        state.Size,
        Unsupported.Standard,
        owner,
        AlgorithmOf(state),
        state.Checksum?.Type);

    private static string[]? AlgorithmOf(ObjectState state) => state.Checksum is { } checksum ? [checksum.Algorithm] : null;

    private static CommonPrefix[] ShowPrefixes(List<string> prefixes, ListingRules rules) => [.. prefixes.Select(prefix => new CommonPrefix(rules.Show(prefix)))];

    private static string? LastVersion(VersionPage page) =>
        page.LastVersion is { } last ? page.Versions.FindLast(v => v.State.Order == last).State.ShownVersionId : null;

    /// <summary>Where the version of a marker stands; one that is gone by now is still a place.</summary>
    private static async ValueTask<VersionOrder?> MarkerOrderAsync(Storage.IReadTransaction tx, BucketState bucket, byte[]? key, string? versionId)
    {
        if (string.IsNullOrEmpty(versionId) || key is null)
        {
            return null;
        }

        if (versionId == VersionOrder.Null)
        {
            var found = await ObjectStore.FindAsync(tx, bucket, key, versionId);
            return found?.Order;
        }

        return VersionOrder.TryParse(versionId, out var order)
            ? order
            : throw S3Exception.InvalidArgument("Invalid version id specified", "version-id-marker", versionId);
    }
}
