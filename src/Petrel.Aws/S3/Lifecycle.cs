using Petrel.Wire;

namespace Petrel.Aws.S3;

public partial interface IS3
{
    [Http("GET", "/{Bucket}?lifecycle"), Access("{Bucket}", Action = "GetLifecycleConfiguration")]
    Task<LifecycleConfiguration> GetBucketLifecycleConfiguration(BucketRequest request, CallContext call);

    /// <summary>Expiration of objects, versions, markers and uploads acts; transitions to other storage classes are refused by name.</summary>
    [Http("PUT", "/{Bucket}?lifecycle"), Access("{Bucket}", Action = "PutLifecycleConfiguration")]
    Task PutBucketLifecycleConfiguration(PutBucketLifecycleConfigurationRequest request, CallContext call);

    [Http("DELETE", "/{Bucket}?lifecycle", Status = 204), Access("{Bucket}", Action = "PutLifecycleConfiguration")]
    Task DeleteBucketLifecycle(BucketRequest request, CallContext call);

    [Http("GET", "/{Bucket}?website"), Access("{Bucket}")]
    Task<WebsiteConfiguration> GetBucketWebsite(BucketRequest request, CallContext call);

    [Http("PUT", "/{Bucket}?website"), Access("{Bucket}")]
    Task PutBucketWebsite(PutBucketWebsiteRequest request, CallContext call);

    [Http("DELETE", "/{Bucket}?website", Status = 204), Access("{Bucket}")]
    Task DeleteBucketWebsite(BucketRequest request, CallContext call);
}

public sealed record LifecycleConfiguration([WireName("Rule"), XmlList(Flattened = true)] IReadOnlyList<LifecycleRule>? Rules = null);

public sealed record LifecycleRule(
    string? ID = null,
    string? Prefix = null,
    LifecycleFilter? Filter = null,
    string? Status = null,
    LifecycleExpiration? Expiration = null,
    NoncurrentVersionExpiration? NoncurrentVersionExpiration = null,
    AbortIncompleteMultipartUpload? AbortIncompleteMultipartUpload = null,
    [WireName("Transition"), XmlList(Flattened = true)] IReadOnlyList<LifecycleTransition>? Transitions = null,
    [WireName("NoncurrentVersionTransition"), XmlList(Flattened = true)] IReadOnlyList<LifecycleTransition>? NoncurrentVersionTransitions = null);

public sealed record LifecycleFilter(
    string? Prefix = null,
    S3Tag? Tag = null,
    long? ObjectSizeGreaterThan = null,
    long? ObjectSizeLessThan = null,
    LifecycleFilterAnd? And = null);

public sealed record LifecycleFilterAnd(
    string? Prefix = null,
    [WireName("Tag"), XmlList(Flattened = true)] IReadOnlyList<S3Tag>? Tags = null,
    long? ObjectSizeGreaterThan = null,
    long? ObjectSizeLessThan = null);

public sealed record LifecycleExpiration(DateTimeOffset? Date = null, int? Days = null, bool? ExpiredObjectDeleteMarker = null);

public sealed record NoncurrentVersionExpiration(int? NoncurrentDays = null, int? NewerNoncurrentVersions = null);

public sealed record AbortIncompleteMultipartUpload(int? DaysAfterInitiation = null);

/// <summary>Of storage classes, which are not built.</summary>
public sealed record LifecycleTransition(string? StorageClass = null);

public sealed record PutBucketLifecycleConfigurationRequest(
    string Bucket,
    [Payload] LifecycleConfiguration LifecycleConfiguration,
    [InHeader("x-amz-transition-default-minimum-object-size")] string? TransitionDefaultMinimumObjectSize = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record WebsiteConfiguration(
    WebsiteRedirectAll? RedirectAllRequestsTo = null,
    WebsiteIndex? IndexDocument = null,
    WebsiteError? ErrorDocument = null,
    [XmlList(Member = "RoutingRule")] IReadOnlyList<WebsiteRoutingRule>? RoutingRules = null);

public sealed record WebsiteRedirectAll(string HostName, string? Protocol = null);

public sealed record WebsiteIndex(string Suffix);

public sealed record WebsiteError(string Key);

public sealed record WebsiteRoutingRule(WebsiteRedirect Redirect, WebsiteCondition? Condition = null);

public sealed record WebsiteCondition(string? HttpErrorCodeReturnedEquals = null, string? KeyPrefixEquals = null);

public sealed record WebsiteRedirect(
    string? HostName = null,
    string? HttpRedirectCode = null,
    string? Protocol = null,
    string? ReplaceKeyPrefixWith = null,
    string? ReplaceKeyWith = null);

public sealed record PutBucketWebsiteRequest(
    string Bucket,
    [Payload] WebsiteConfiguration WebsiteConfiguration,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);
