using Petrel.Wire;

namespace Petrel.Aws.S3;

public partial interface IS3
{
    [Http("POST", "/{Bucket}/{Key+}?uploads"), Access("{Bucket}/{Key}", Action = "PutObject")]
    Task<CreateMultipartUploadOutput> CreateMultipartUpload(CreateMultipartUploadRequest request, CallContext call);

    /// <summary>A part sent again takes the place of the first.</summary>
    [Http("PUT", "/{Bucket}/{Key+}?partNumber&uploadId"), Access("{Bucket}/{Key}", Action = "PutObject"), BodyLimit(MaxBodyBytes)]
    Task<UploadPartOutput> UploadPart(UploadPartRequest request, CallContext call);

    [Http("PUT", "/{Bucket}/{Key+}?partNumber&uploadId", Header = "x-amz-copy-source"), Access("{Bucket}/{Key}", Action = "PutObject")]
    Task<UploadPartCopyOutput> UploadPartCopy(UploadPartCopyRequest request, CallContext call);

    /// <summary>Makes the object of its parts where they lie; no byte is copied.</summary>
    /// <exception cref="S3Exception">NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall, BadDigest, PreconditionFailed.</exception>
    [Http("POST", "/{Bucket}/{Key+}?uploadId"), Access("{Bucket}/{Key}", Action = "PutObject")]
    Task<CompleteMultipartUploadOutput> CompleteMultipartUpload(CompleteMultipartUploadRequest request, CallContext call);

    [Http("DELETE", "/{Bucket}/{Key+}?uploadId", Status = 204), Access("{Bucket}/{Key}")]
    Task AbortMultipartUpload(UploadRequest request, CallContext call);

    [Http("GET", "/{Bucket}/{Key+}?uploadId"), Access("{Bucket}/{Key}", Action = "ListMultipartUploadParts")]
    Task<ListPartsResult> ListParts(ListPartsRequest request, CallContext call);

    [Http("GET", "/{Bucket}?uploads"), Access("{Bucket}", Action = "ListBucketMultipartUploads")]
    Task<ListMultipartUploadsResult> ListMultipartUploads(ListMultipartUploadsRequest request, CallContext call);
}

public sealed record CreateMultipartUploadRequest(
    string Bucket,
    string Key,
    [InHeader("Content-Type")] string? ContentType = null,
    [InHeader("Cache-Control")] string? CacheControl = null,
    [InHeader("Content-Disposition")] string? ContentDisposition = null,
    [InHeader("Content-Encoding")] string? ContentEncoding = null,
    [InHeader("Content-Language")] string? ContentLanguage = null,
    [InHeader("Expires")] string? Expires = null,
    [InHeader("x-amz-meta-")] IReadOnlyDictionary<string, string>? Metadata = null,
    [InHeader("x-amz-checksum-algorithm")] string? ChecksumAlgorithm = null,
    [InHeader("x-amz-checksum-type")] string? ChecksumType = null,
    [InHeader("x-amz-tagging")] string? Tagging = null,
    [InHeader("x-amz-acl")] string? ACL = null,
    [InHeader("x-amz-grant-")] IReadOnlyDictionary<string, string>? Grants = null,
    [InHeader("x-amz-server-side-encryption")] string? ServerSideEncryption = null,
    [InHeader("x-amz-server-side-encryption-")] IReadOnlyDictionary<string, string>? EncryptionOptions = null,
    [InHeader("x-amz-object-lock-")] IReadOnlyDictionary<string, string>? ObjectLock = null,
    [InHeader("x-amz-storage-class")] string? StorageClass = null,
    [InHeader("x-amz-website-redirect-location")] string? WebsiteRedirectLocation = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record CreateMultipartUploadOutput(
    [Payload] InitiateMultipartUploadResult Result,
    [InHeader("x-amz-checksum-algorithm")] string? ChecksumAlgorithm = null,
    [InHeader("x-amz-checksum-type")] string? ChecksumType = null,
    [InHeader("x-amz-server-side-encryption")] string? ServerSideEncryption = null);

public sealed record InitiateMultipartUploadResult(string Bucket, string Key, string UploadId);

public sealed record UploadPartRequest(
    string Bucket,
    string Key,
    [FromQuery("partNumber")] int PartNumber,
    [FromQuery("uploadId")] string UploadId,
    [Payload] Stream Body,
    [InHeader("Content-Length")] long? ContentLength = null,
    [InHeader("Content-MD5")] string? ContentMD5 = null,
    [InHeader("x-amz-checksum-")] IReadOnlyDictionary<string, string>? Checksums = null,
    [InHeader("x-amz-sdk-checksum-algorithm")] string? ChecksumAlgorithm = null,
    [InHeader("x-amz-decoded-content-length")] long? DecodedContentLength = null,
    [InHeader("x-amz-server-side-encryption-")] IReadOnlyDictionary<string, string>? EncryptionOptions = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record UploadPartOutput(
    [InHeader("ETag")] string ETag,
    [InHeader("x-amz-checksum-")] IReadOnlyDictionary<string, string>? Checksums = null,
    [InHeader("x-amz-server-side-encryption")] string? ServerSideEncryption = null);

public sealed record UploadPartCopyRequest(
    string Bucket,
    string Key,
    [FromQuery("partNumber")] int PartNumber,
    [FromQuery("uploadId")] string UploadId,
    [InHeader("x-amz-copy-source")] string CopySource,
    [InHeader("x-amz-copy-source-range")] string? CopySourceRange = null,
    [InHeader("x-amz-copy-source-if-match")] string? CopySourceIfMatch = null,
    [InHeader("x-amz-copy-source-if-none-match")] string? CopySourceIfNoneMatch = null,
    [InHeader("x-amz-copy-source-if-modified-since")] string? CopySourceIfModifiedSince = null,
    [InHeader("x-amz-copy-source-if-unmodified-since")] string? CopySourceIfUnmodifiedSince = null,
    [InHeader("x-amz-server-side-encryption-")] IReadOnlyDictionary<string, string>? EncryptionOptions = null,
    [InHeader("x-amz-copy-source-server-side-encryption-")] IReadOnlyDictionary<string, string>? SourceEncryptionOptions = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null,
    [InHeader("x-amz-source-expected-bucket-owner")] string? ExpectedSourceBucketOwner = null);

public sealed record UploadPartCopyOutput(
    [Payload] CopyPartResult CopyPartResult,
    [InHeader("x-amz-copy-source-version-id")] string? CopySourceVersionId = null,
    [InHeader("x-amz-server-side-encryption")] string? ServerSideEncryption = null);

public sealed record CopyPartResult(
    DateTimeOffset LastModified,
    string ETag,
    string? ChecksumCRC32 = null,
    string? ChecksumCRC32C = null,
    string? ChecksumCRC64NVME = null,
    string? ChecksumSHA1 = null,
    string? ChecksumSHA256 = null);

public sealed record CompleteMultipartUploadRequest(
    string Bucket,
    string Key,
    [FromQuery("uploadId")] string UploadId,
    [Payload] CompletedMultipartUpload? MultipartUpload = null,
    [InHeader("x-amz-checksum-")] IReadOnlyDictionary<string, string>? Checksums = null,
    [InHeader("x-amz-mp-object-size")] long? MpuObjectSize = null,
    [InHeader("If-Match")] string? IfMatch = null,
    [InHeader("If-None-Match")] string? IfNoneMatch = null,
    [InHeader("x-amz-server-side-encryption-")] IReadOnlyDictionary<string, string>? EncryptionOptions = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record CompletedMultipartUpload([WireName("Part"), XmlList(Flattened = true)] IReadOnlyList<CompletedPart>? Parts = null);

public sealed record CompletedPart(
    int? PartNumber = null,
    string? ETag = null,
    string? ChecksumCRC32 = null,
    string? ChecksumCRC32C = null,
    string? ChecksumCRC64NVME = null,
    string? ChecksumSHA1 = null,
    string? ChecksumSHA256 = null);

public sealed record CompleteMultipartUploadOutput(
    [Payload] CompleteMultipartUploadResult Result,
    [InHeader("x-amz-version-id")] string? VersionId = null,
    [InHeader("x-amz-server-side-encryption")] string? ServerSideEncryption = null);

public sealed record CompleteMultipartUploadResult(
    string Location,
    string Bucket,
    string Key,
    string ETag,
    string? ChecksumCRC32 = null,
    string? ChecksumCRC32C = null,
    string? ChecksumCRC64NVME = null,
    string? ChecksumSHA1 = null,
    string? ChecksumSHA256 = null,
    string? ChecksumType = null);

public sealed record UploadRequest(
    string Bucket,
    string Key,
    [FromQuery("uploadId")] string UploadId,
    [InHeader("x-amz-if-match-initiated-time")] string? IfMatchInitiatedTime = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record ListPartsRequest(
    string Bucket,
    string Key,
    [FromQuery("uploadId")] string UploadId,
    [FromQuery("max-parts")] int? MaxParts = null,
    [FromQuery("part-number-marker")] int? PartNumberMarker = null,
    [InHeader("x-amz-server-side-encryption-")] IReadOnlyDictionary<string, string>? EncryptionOptions = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record ListPartsResult(
    string Bucket,
    string Key,
    string UploadId,
    int PartNumberMarker,
    int NextPartNumberMarker,
    int MaxParts,
    bool IsTruncated,
    S3Owner Initiator,
    S3Owner Owner,
    string StorageClass,
    string? ChecksumAlgorithm = null,
    string? ChecksumType = null,
    [WireName("Part"), XmlList(Flattened = true)] IReadOnlyList<ListedPart>? Parts = null);

public sealed record ListedPart(
    int PartNumber,
    DateTimeOffset LastModified,
    string ETag,
    long Size,
    string? ChecksumCRC32 = null,
    string? ChecksumCRC32C = null,
    string? ChecksumCRC64NVME = null,
    string? ChecksumSHA1 = null,
    string? ChecksumSHA256 = null);

public sealed record ListMultipartUploadsRequest(
    string Bucket,
    [FromQuery("prefix")] string? Prefix = null,
    [FromQuery("delimiter")] string? Delimiter = null,
    [FromQuery("key-marker")] string? KeyMarker = null,
    [FromQuery("upload-id-marker")] string? UploadIdMarker = null,
    [FromQuery("max-uploads")] int? MaxUploads = null,
    [FromQuery("encoding-type")] string? EncodingType = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record ListMultipartUploadsResult(
    string Bucket,
    string KeyMarker,
    string UploadIdMarker,
    int MaxUploads,
    bool IsTruncated,
    string? NextKeyMarker = null,
    string? NextUploadIdMarker = null,
    string? Prefix = null,
    string? Delimiter = null,
    string? EncodingType = null,
    [WireName("Upload"), XmlList(Flattened = true)] IReadOnlyList<ListedUpload>? Uploads = null,
    [XmlList(Flattened = true)] IReadOnlyList<CommonPrefix>? CommonPrefixes = null);

public sealed record ListedUpload(
    string Key,
    string UploadId,
    S3Owner Initiator,
    S3Owner Owner,
    string StorageClass,
    DateTimeOffset Initiated,
    string? ChecksumAlgorithm = null,
    string? ChecksumType = null);
