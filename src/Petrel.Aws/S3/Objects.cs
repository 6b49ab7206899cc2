using Petrel.Wire;

namespace Petrel.Aws.S3;

public partial interface IS3
{
    /// <summary>Writes an object whole: nobody sees a part of it, and it is on disk when the answer comes.</summary>
    /// <exception cref="S3Exception">BadDigest, InvalidDigest, EntityTooLarge, PreconditionFailed, KeyTooLongError, MetadataTooLarge.</exception>
    [Http("PUT", "/{Bucket}/{Key+}"), Access("{Bucket}/{Key}"), BodyLimit(MaxBodyBytes)]
    Task<PutObjectOutput> PutObject(PutObjectRequest request, CallContext call);

    /// <exception cref="S3Exception">NoSuchKey, NoSuchVersion, MethodNotAllowed (a delete marker), InvalidRange, PreconditionFailed; 304.</exception>
    [Http("GET", "/{Bucket}/{Key+}"), Access("{Bucket}/{Key}")]
    Task<GetObjectOutput> GetObject(GetObjectRequest request, CallContext call);

    [Http("HEAD", "/{Bucket}/{Key+}"), Access("{Bucket}/{Key}", Action = "GetObject")]
    Task<HeadObjectOutput> HeadObject(GetObjectRequest request, CallContext call);

    /// <summary>Succeeds for an object that is not there. With versioning it writes a delete marker.</summary>
    [Http("DELETE", "/{Bucket}/{Key+}", Status = 204), Access("{Bucket}/{Key}")]
    Task<DeleteObjectOutput> DeleteObject(DeleteObjectRequest request, CallContext call);

    /// <summary>Up to 1,000 objects; each has an answer of its own.</summary>
    [Http("POST", "/{Bucket}?delete"), Access("{Bucket}", Action = "DeleteObject")]
    Task<DeleteResult> DeleteObjects(DeleteObjectsRequest request, CallContext call);

    [Http("PUT", "/{Bucket}/{Key+}", Header = "x-amz-copy-source"), Access("{Bucket}/{Key}", Action = "PutObject")]
    Task<CopyObjectOutput> CopyObject(CopyObjectRequest request, CallContext call);

    [Http("GET", "/{Bucket}/{Key+}?attributes"), Access("{Bucket}/{Key}")]
    Task<GetObjectAttributesOutput> GetObjectAttributes(GetObjectAttributesRequest request, CallContext call);

    [Http("GET", "/{Bucket}/{Key+}?tagging"), Access("{Bucket}/{Key}")]
    Task<GetObjectTaggingOutput> GetObjectTagging(ObjectRequest request, CallContext call);

    [Http("PUT", "/{Bucket}/{Key+}?tagging"), Access("{Bucket}/{Key}")]
    Task<TaggedOutput> PutObjectTagging(PutObjectTaggingRequest request, CallContext call);

    [Http("DELETE", "/{Bucket}/{Key+}?tagging", Status = 204), Access("{Bucket}/{Key}")]
    Task<TaggedOutput> DeleteObjectTagging(ObjectRequest request, CallContext call);

    /// <summary>What one request may carry: 5 GiB.</summary>
    const long MaxObjectBytes = 5_368_709_120;

    /// <summary>The same with the size lines and signatures of its chunks.</summary>
    const long MaxBodyBytes = MaxObjectBytes + 134_217_728;
}

/// <summary>What asks for nothing but an object.</summary>
public sealed record ObjectRequest(
    string Bucket,
    string Key,
    [FromQuery("versionId")] string? VersionId = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

/// <param name="Checksums">By algorithm (<c>crc32</c>), and <c>algorithm</c>, <c>type</c>.</param>
/// <param name="EncryptionOptions">Of keys that are not the platform's.</param>
public sealed record PutObjectRequest(
    string Bucket,
    string Key,
    [Payload] Stream Body,
    [InHeader("Content-Length")] long? ContentLength = null,
    [InHeader("Content-MD5")] string? ContentMD5 = null,
    [InHeader("Content-Type")] string? ContentType = null,
    [InHeader("Cache-Control")] string? CacheControl = null,
    [InHeader("Content-Disposition")] string? ContentDisposition = null,
    [InHeader("Content-Encoding")] string? ContentEncoding = null,
    [InHeader("Content-Language")] string? ContentLanguage = null,
    [InHeader("Expires")] string? Expires = null,
    [InHeader("If-Match")] string? IfMatch = null,
    [InHeader("If-None-Match")] string? IfNoneMatch = null,
    [InHeader("x-amz-meta-")] IReadOnlyDictionary<string, string>? Metadata = null,
    [InHeader("x-amz-checksum-")] IReadOnlyDictionary<string, string>? Checksums = null,
    [InHeader("x-amz-sdk-checksum-algorithm")] string? ChecksumAlgorithm = null,
    [InHeader("x-amz-decoded-content-length")] long? DecodedContentLength = null,
    [InHeader("x-amz-tagging")] string? Tagging = null,
    [InHeader("x-amz-acl")] string? ACL = null,
    [InHeader("x-amz-grant-")] IReadOnlyDictionary<string, string>? Grants = null,
    [InHeader("x-amz-server-side-encryption")] string? ServerSideEncryption = null,
    [InHeader("x-amz-server-side-encryption-")] IReadOnlyDictionary<string, string>? EncryptionOptions = null,
    [InHeader("x-amz-object-lock-")] IReadOnlyDictionary<string, string>? ObjectLock = null,
    [InHeader("x-amz-storage-class")] string? StorageClass = null,
    [InHeader("x-amz-website-redirect-location")] string? WebsiteRedirectLocation = null,
    [InHeader("x-amz-write-offset-bytes")] long? WriteOffsetBytes = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record PutObjectOutput(
    [InHeader("ETag")] string ETag,
    [InHeader("x-amz-checksum-")] IReadOnlyDictionary<string, string>? Checksums = null,
    [InHeader("x-amz-version-id")] string? VersionId = null,
    [InHeader("x-amz-server-side-encryption")] string? ServerSideEncryption = null);

public sealed record GetObjectRequest(
    string Bucket,
    string Key,
    [FromQuery("versionId")] string? VersionId = null,
    [FromQuery("partNumber")] int? PartNumber = null,
    [InHeader("Range")] string? Range = null,
    [InHeader("If-Match")] string? IfMatch = null,
    [InHeader("If-None-Match")] string? IfNoneMatch = null,
    [InHeader("If-Modified-Since")] string? IfModifiedSince = null,
    [InHeader("If-Unmodified-Since")] string? IfUnmodifiedSince = null,
    [InHeader("If-Range")] string? IfRange = null,
    [InHeader("x-amz-checksum-mode")] string? ChecksumMode = null,
    [InHeader("x-amz-server-side-encryption-")] IReadOnlyDictionary<string, string>? EncryptionOptions = null,
    [FromQuery("response-cache-control")] string? ResponseCacheControl = null,
    [FromQuery("response-content-disposition")] string? ResponseContentDisposition = null,
    [FromQuery("response-content-encoding")] string? ResponseContentEncoding = null,
    [FromQuery("response-content-language")] string? ResponseContentLanguage = null,
    [FromQuery("response-content-type")] string? ResponseContentType = null,
    [FromQuery("response-expires")] string? ResponseExpires = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

/// <summary>What is told of an object beside its bytes.</summary>
public sealed record GetObjectOutput(
    [StatusCode] int Status,
    [Payload] Stream? Body,
    [InHeader("Content-Length")] long ContentLength,
    [InHeader("Content-Type")] string ContentType,
    [InHeader("ETag")] string ETag,
    [InHeader("Last-Modified")] DateTimeOffset LastModified,
    [InHeader("Accept-Ranges")] string AcceptRanges = "bytes",
    [InHeader("Content-Range")] string? ContentRange = null,
    [InHeader("Cache-Control")] string? CacheControl = null,
    [InHeader("Content-Disposition")] string? ContentDisposition = null,
    [InHeader("Content-Encoding")] string? ContentEncoding = null,
    [InHeader("Content-Language")] string? ContentLanguage = null,
    [InHeader("Expires")] string? Expires = null,
    [InHeader("x-amz-meta-")] IReadOnlyDictionary<string, string>? Metadata = null,
    [InHeader("x-amz-checksum-")] IReadOnlyDictionary<string, string>? Checksums = null,
    [InHeader("x-amz-version-id")] string? VersionId = null,
    [InHeader("x-amz-mp-parts-count")] int? PartsCount = null,
    [InHeader("x-amz-tagging-count")] int? TagCount = null,
    [InHeader("x-amz-website-redirect-location")] string? WebsiteRedirectLocation = null,
    [InHeader("x-amz-server-side-encryption")] string? ServerSideEncryption = null);

/// <summary>The same without bytes.</summary>
public sealed record HeadObjectOutput(
    [StatusCode] int Status,
    [InHeader("Content-Length")] long ContentLength,
    [InHeader("Content-Type")] string ContentType,
    [InHeader("ETag")] string ETag,
    [InHeader("Last-Modified")] DateTimeOffset LastModified,
    [InHeader("Accept-Ranges")] string AcceptRanges = "bytes",
    [InHeader("Content-Range")] string? ContentRange = null,
    [InHeader("Cache-Control")] string? CacheControl = null,
    [InHeader("Content-Disposition")] string? ContentDisposition = null,
    [InHeader("Content-Encoding")] string? ContentEncoding = null,
    [InHeader("Content-Language")] string? ContentLanguage = null,
    [InHeader("Expires")] string? Expires = null,
    [InHeader("x-amz-meta-")] IReadOnlyDictionary<string, string>? Metadata = null,
    [InHeader("x-amz-checksum-")] IReadOnlyDictionary<string, string>? Checksums = null,
    [InHeader("x-amz-version-id")] string? VersionId = null,
    [InHeader("x-amz-mp-parts-count")] int? PartsCount = null,
    [InHeader("x-amz-tagging-count")] int? TagCount = null,
    [InHeader("x-amz-website-redirect-location")] string? WebsiteRedirectLocation = null,
    [InHeader("x-amz-server-side-encryption")] string? ServerSideEncryption = null);

public sealed record DeleteObjectRequest(
    string Bucket,
    string Key,
    [FromQuery("versionId")] string? VersionId = null,
    [InHeader("If-Match")] string? IfMatch = null,
    [InHeader("x-amz-if-match-last-modified-time")] string? IfMatchLastModifiedTime = null,
    [InHeader("x-amz-if-match-size")] long? IfMatchSize = null,
    [InHeader("x-amz-mfa")] string? MFA = null,
    [InHeader("x-amz-bypass-governance-retention")] bool? BypassGovernanceRetention = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record DeleteObjectOutput(
    [InHeader("x-amz-delete-marker")] bool? DeleteMarker = null,
    [InHeader("x-amz-version-id")] string? VersionId = null);

public sealed record DeleteObjectsRequest(
    string Bucket,
    [Payload] ObjectsToDelete Delete,
    [InHeader("x-amz-mfa")] string? MFA = null,
    [InHeader("x-amz-bypass-governance-retention")] bool? BypassGovernanceRetention = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record ObjectsToDelete(
    [WireName("Object"), XmlList(Flattened = true)] IReadOnlyList<ObjectIdentifier>? Objects = null,
    bool? Quiet = null);

public sealed record ObjectIdentifier(
    string Key,
    string? VersionId = null,
    string? ETag = null,
    string? LastModifiedTime = null,
    long? Size = null);

public sealed record DeleteResult(
    [XmlList(Flattened = true)] IReadOnlyList<DeletedObject> Deleted,
    [WireName("Error"), XmlList(Flattened = true)] IReadOnlyList<DeletionError> Errors);

public sealed record DeletedObject(string Key, string? VersionId = null, bool? DeleteMarker = null, string? DeleteMarkerVersionId = null);

public sealed record DeletionError(string Key, string Code, string Message, string? VersionId = null);

public sealed record CopyObjectRequest(
    string Bucket,
    string Key,
    [InHeader("x-amz-copy-source")] string CopySource,
    [InHeader("x-amz-copy-source-if-match")] string? CopySourceIfMatch = null,
    [InHeader("x-amz-copy-source-if-none-match")] string? CopySourceIfNoneMatch = null,
    [InHeader("x-amz-copy-source-if-modified-since")] string? CopySourceIfModifiedSince = null,
    [InHeader("x-amz-copy-source-if-unmodified-since")] string? CopySourceIfUnmodifiedSince = null,
    [InHeader("x-amz-metadata-directive")] string? MetadataDirective = null,
    [InHeader("x-amz-tagging-directive")] string? TaggingDirective = null,
    [InHeader("Content-Type")] string? ContentType = null,
    [InHeader("Cache-Control")] string? CacheControl = null,
    [InHeader("Content-Disposition")] string? ContentDisposition = null,
    [InHeader("Content-Encoding")] string? ContentEncoding = null,
    [InHeader("Content-Language")] string? ContentLanguage = null,
    [InHeader("Expires")] string? Expires = null,
    [InHeader("If-Match")] string? IfMatch = null,
    [InHeader("If-None-Match")] string? IfNoneMatch = null,
    [InHeader("x-amz-meta-")] IReadOnlyDictionary<string, string>? Metadata = null,
    [InHeader("x-amz-checksum-algorithm")] string? ChecksumAlgorithm = null,
    [InHeader("x-amz-tagging")] string? Tagging = null,
    [InHeader("x-amz-acl")] string? ACL = null,
    [InHeader("x-amz-grant-")] IReadOnlyDictionary<string, string>? Grants = null,
    [InHeader("x-amz-server-side-encryption")] string? ServerSideEncryption = null,
    [InHeader("x-amz-server-side-encryption-")] IReadOnlyDictionary<string, string>? EncryptionOptions = null,
    [InHeader("x-amz-copy-source-server-side-encryption-")] IReadOnlyDictionary<string, string>? SourceEncryptionOptions = null,
    [InHeader("x-amz-object-lock-")] IReadOnlyDictionary<string, string>? ObjectLock = null,
    [InHeader("x-amz-storage-class")] string? StorageClass = null,
    [InHeader("x-amz-website-redirect-location")] string? WebsiteRedirectLocation = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null,
    [InHeader("x-amz-source-expected-bucket-owner")] string? ExpectedSourceBucketOwner = null);

public sealed record CopyObjectOutput(
    [Payload] CopyObjectResult CopyObjectResult,
    [InHeader("x-amz-copy-source-version-id")] string? CopySourceVersionId = null,
    [InHeader("x-amz-version-id")] string? VersionId = null,
    [InHeader("x-amz-server-side-encryption")] string? ServerSideEncryption = null);

public sealed record CopyObjectResult(
    DateTimeOffset LastModified,
    string ETag,
    string? ChecksumCRC32 = null,
    string? ChecksumCRC32C = null,
    string? ChecksumCRC64NVME = null,
    string? ChecksumSHA1 = null,
    string? ChecksumSHA256 = null,
    string? ChecksumType = null);

public sealed record GetObjectAttributesRequest(
    string Bucket,
    string Key,
    [InHeader("x-amz-object-attributes")] IReadOnlyList<string> ObjectAttributes,
    [FromQuery("versionId")] string? VersionId = null,
    [InHeader("x-amz-max-parts"), Range(0)] int? MaxParts = null,
    [InHeader("x-amz-part-number-marker"), Range(0)] int? PartNumberMarker = null,
    [InHeader("x-amz-server-side-encryption-")] IReadOnlyDictionary<string, string>? EncryptionOptions = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record GetObjectAttributesOutput(
    [Payload] GetObjectAttributesResponse Attributes,
    [InHeader("Last-Modified")] DateTimeOffset LastModified,
    [InHeader("x-amz-version-id")] string? VersionId = null);

public sealed record GetObjectAttributesResponse(
    string? ETag = null,
    ObjectChecksum? Checksum = null,
    ObjectParts? ObjectParts = null,
    string? StorageClass = null,
    long? ObjectSize = null);

public sealed record ObjectChecksum(
    string? ChecksumCRC32 = null,
    string? ChecksumCRC32C = null,
    string? ChecksumCRC64NVME = null,
    string? ChecksumSHA1 = null,
    string? ChecksumSHA256 = null,
    string? ChecksumType = null);

public sealed record ObjectParts(
    [WireName("PartsCount")] int TotalPartsCount,
    int? PartNumberMarker = null,
    int? NextPartNumberMarker = null,
    int? MaxParts = null,
    bool? IsTruncated = null,
    [WireName("Part"), XmlList(Flattened = true)] IReadOnlyList<ObjectPart>? Parts = null);

public sealed record ObjectPart(
    int PartNumber,
    long Size,
    string? ChecksumCRC32 = null,
    string? ChecksumCRC32C = null,
    string? ChecksumCRC64NVME = null,
    string? ChecksumSHA1 = null,
    string? ChecksumSHA256 = null);

public sealed record GetObjectTaggingOutput(
    [Payload] Tagging Tagging,
    [InHeader("x-amz-version-id")] string? VersionId = null);

public sealed record PutObjectTaggingRequest(
    string Bucket,
    string Key,
    [Payload] Tagging Tagging,
    [FromQuery("versionId")] string? VersionId = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record TaggedOutput([InHeader("x-amz-version-id")] string? VersionId = null);
