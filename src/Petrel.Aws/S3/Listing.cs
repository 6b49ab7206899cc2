using Petrel.Wire;

namespace Petrel.Aws.S3;

public partial interface IS3
{
    /// <summary>Keys in the order of their bytes, a page at a time.</summary>
    [Http("GET", "/{Bucket}"), Access("{Bucket}", Action = "ListBucket")]
    Task<ListObjectsOutput> ListObjects(ListObjectsRequest request, CallContext call);

    [Http("GET", "/{Bucket}?list-type=2"), Access("{Bucket}", Action = "ListBucket")]
    Task<ListObjectsV2Output> ListObjectsV2(ListObjectsV2Request request, CallContext call);

    /// <summary>Versions and delete markers: by key, the newest of each first.</summary>
    [Http("GET", "/{Bucket}?versions"), Access("{Bucket}", Action = "ListBucketVersions")]
    Task<ListVersionsResult> ListObjectVersions(ListObjectVersionsRequest request, CallContext call);
}

public sealed record ListObjectsRequest(
    string Bucket,
    [FromQuery("prefix")] string? Prefix = null,
    [FromQuery("delimiter")] string? Delimiter = null,
    [FromQuery("marker")] string? Marker = null,
    [FromQuery("max-keys")] string? MaxKeys = null,
    [FromQuery("encoding-type")] string? EncodingType = null,
    [InHeader("x-amz-optional-object-attributes")] string? OptionalObjectAttributes = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record ListObjectsOutput([Payload] ListBucketResult Result, [InHeader("x-amz-bucket-region")] string BucketRegion);

/// <summary>The answer of both forms of listing; each leaves out what belongs to the other.</summary>
public sealed record ListBucketResult(
    string Name,
    string Prefix,
    int MaxKeys,
    bool IsTruncated,
    string? Marker = null,
    string? NextMarker = null,
    string? Delimiter = null,
    string? EncodingType = null,
    int? KeyCount = null,
    string? ContinuationToken = null,
    string? NextContinuationToken = null,
    string? StartAfter = null,
    [XmlList(Flattened = true)] IReadOnlyList<ListedObject>? Contents = null,
    [XmlList(Flattened = true)] IReadOnlyList<CommonPrefix>? CommonPrefixes = null);

public sealed record ListedObject(
    string Key,
    DateTimeOffset LastModified,
    string ETag,
    long Size,
    string StorageClass,
    [XmlList(Flattened = true)] IReadOnlyList<string>? ChecksumAlgorithm = null,
    string? ChecksumType = null,
    S3Owner? Owner = null);

public sealed record CommonPrefix(string Prefix);

public sealed record ListObjectsV2Request(
    string Bucket,
    [FromQuery("prefix")] string? Prefix = null,
    [FromQuery("delimiter")] string? Delimiter = null,
    [FromQuery("start-after")] string? StartAfter = null,
    [FromQuery("continuation-token")] string? ContinuationToken = null,
    [FromQuery("max-keys")] string? MaxKeys = null,
    [FromQuery("fetch-owner")] bool? FetchOwner = null,
    [FromQuery("encoding-type")] string? EncodingType = null,
    [InHeader("x-amz-optional-object-attributes")] string? OptionalObjectAttributes = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record ListObjectsV2Output([Payload] ListBucketResult Result, [InHeader("x-amz-bucket-region")] string BucketRegion);

public sealed record ListObjectVersionsRequest(
    string Bucket,
    [FromQuery("prefix")] string? Prefix = null,
    [FromQuery("delimiter")] string? Delimiter = null,
    [FromQuery("key-marker")] string? KeyMarker = null,
    [FromQuery("version-id-marker")] string? VersionIdMarker = null,
    [FromQuery("max-keys")] string? MaxKeys = null,
    [FromQuery("encoding-type")] string? EncodingType = null,
    [InHeader("x-amz-optional-object-attributes")] string? OptionalObjectAttributes = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record ListVersionsResult(
    string Name,
    string Prefix,
    string KeyMarker,
    string VersionIdMarker,
    int MaxKeys,
    bool IsTruncated,
    string? NextKeyMarker = null,
    string? NextVersionIdMarker = null,
    string? Delimiter = null,
    string? EncodingType = null,
    [WireName("Version"), XmlList(Flattened = true)] IReadOnlyList<ListedVersion>? Versions = null,
    [WireName("DeleteMarker"), XmlList(Flattened = true)] IReadOnlyList<ListedMarker>? DeleteMarkers = null,
    [XmlList(Flattened = true)] IReadOnlyList<CommonPrefix>? CommonPrefixes = null);

public sealed record ListedVersion(
    string Key,
    string VersionId,
    bool IsLatest,
    DateTimeOffset LastModified,
    string ETag,
    long Size,
    string StorageClass,
    S3Owner Owner,
    [XmlList(Flattened = true)] IReadOnlyList<string>? ChecksumAlgorithm = null,
    string? ChecksumType = null);

public sealed record ListedMarker(string Key, string VersionId, bool IsLatest, DateTimeOffset LastModified, S3Owner Owner);
