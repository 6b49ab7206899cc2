using Petrel.Wire;

namespace Petrel.Aws.S3;

public partial interface IS3
{
    /// <summary>Names are shared by all accounts. Making one's own bucket again succeeds in us-east-1 only, as the service has it.</summary>
    /// <exception cref="S3Exception">BucketAlreadyExists, BucketAlreadyOwnedByYou, InvalidBucketName, IllegalLocationConstraintException.</exception>
    [Http("PUT", "/{Bucket}"), Access("{Bucket}")]
    Task<CreateBucketOutput> CreateBucket(CreateBucketRequest request, CallContext call);

    [Http("HEAD", "/{Bucket}"), Access("{Bucket}", Action = "ListBucket")]
    Task<HeadBucketOutput> HeadBucket(BucketRequest request, CallContext call);

    [Http("GET", "/"), Access("*", Action = "ListAllMyBuckets")]
    Task<ListAllMyBucketsResult> ListBuckets(ListBucketsRequest request, CallContext call);

    /// <summary>Only an empty bucket goes.</summary>
    [Http("DELETE", "/{Bucket}", Status = 204), Access("{Bucket}")]
    Task DeleteBucket(BucketRequest request, CallContext call);

    [Http("GET", "/{Bucket}?location"), Access("{Bucket}")]
    Task<GetBucketLocationOutput> GetBucketLocation(BucketRequest request, CallContext call);

    [Http("GET", "/{Bucket}?versioning"), Access("{Bucket}")]
    Task<VersioningConfiguration> GetBucketVersioning(BucketRequest request, CallContext call);

    [Http("PUT", "/{Bucket}?versioning"), Access("{Bucket}")]
    Task PutBucketVersioning(PutBucketVersioningRequest request, CallContext call);

    [Http("GET", "/{Bucket}?tagging"), Access("{Bucket}")]
    Task<Tagging> GetBucketTagging(BucketRequest request, CallContext call);

    [Http("PUT", "/{Bucket}?tagging", Status = 204), Access("{Bucket}")]
    Task PutBucketTagging(PutBucketTaggingRequest request, CallContext call);

    [Http("DELETE", "/{Bucket}?tagging", Status = 204), Access("{Bucket}", Action = "PutBucketTagging")]
    Task DeleteBucketTagging(BucketRequest request, CallContext call);
}

/// <summary>What asks for nothing but a bucket.</summary>
public sealed record BucketRequest(string Bucket, [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record CreateBucketRequest(
    string Bucket,
    [Payload] CreateBucketConfiguration? CreateBucketConfiguration = null,
    [InHeader("x-amz-acl")] string? ACL = null,
    [InHeader("x-amz-grant-")] IReadOnlyDictionary<string, string>? Grants = null,
    [InHeader("x-amz-bucket-object-lock-enabled")] bool? ObjectLockEnabledForBucket = null,
    [InHeader("x-amz-object-ownership")] string? ObjectOwnership = null,
    [InHeader("x-amz-bucket-namespace")] string? BucketNamespace = null);

public sealed record CreateBucketConfiguration(
    string? LocationConstraint = null,
    BucketLocationInfo? Location = null,
    BucketKind? Bucket = null,
    [XmlList(Member = "Tag")] IReadOnlyList<S3Tag>? Tags = null);

/// <summary>Of directory buckets, which are not built.</summary>
public sealed record BucketLocationInfo(string? Type = null, string? Name = null);

/// <summary>Of directory buckets, which are not built.</summary>
public sealed record BucketKind(string? DataRedundancy = null, string? Type = null);

public sealed record CreateBucketOutput(
    [InHeader("Location")] string Location,
    [InHeader("x-amz-bucket-arn")] string BucketArn);

public sealed record HeadBucketOutput(
    [InHeader("x-amz-bucket-region")] string BucketRegion,
    [InHeader("x-amz-bucket-arn")] string BucketArn,
    [InHeader("x-amz-access-point-alias")] bool AccessPointAlias = false);

public sealed record ListBucketsRequest(
    [FromQuery("max-buckets"), Range(1, 10_000)] int? MaxBuckets = null,
    [FromQuery("continuation-token")] string? ContinuationToken = null,
    [FromQuery("prefix")] string? Prefix = null,
    [FromQuery("bucket-region")] string? BucketRegion = null);

public sealed record ListAllMyBucketsResult(
    S3Owner Owner,
    [XmlList(Member = "Bucket")] IReadOnlyList<BucketEntry> Buckets,
    string? ContinuationToken = null,
    string? Prefix = null);

public sealed record BucketEntry(string Name, DateTimeOffset CreationDate, string? BucketRegion = null, string? BucketArn = null);

/// <param name="ID">The canonical id: 64 hexadecimal digits.</param>
public sealed record S3Owner(string ID, string? DisplayName = null);

/// <param name="Document">The element itself: it has text and no members.</param>
public sealed record GetBucketLocationOutput([Payload] string Document, [InHeader("Content-Type")] string ContentType = "application/xml");

public sealed record VersioningConfiguration(string? Status = null, string? MfaDelete = null);

public sealed record PutBucketVersioningRequest(
    string Bucket,
    [Payload] VersioningConfiguration VersioningConfiguration,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null,
    [InHeader("x-amz-mfa")] string? MFA = null);

public sealed record S3Tag(string Key, string Value);

public sealed record Tagging([XmlList(Member = "Tag")] IReadOnlyList<S3Tag> TagSet);

public sealed record PutBucketTaggingRequest(
    string Bucket,
    [Payload] Tagging Tagging,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);
