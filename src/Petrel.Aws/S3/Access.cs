using Petrel.Wire;

namespace Petrel.Aws.S3;

public partial interface IS3
{
    [Http("GET", "/{Bucket}?policy"), Access("{Bucket}")]
    Task<GetBucketPolicyOutput> GetBucketPolicy(BucketRequest request, CallContext call);

    /// <exception cref="S3Exception">MalformedPolicy; AccessDenied where the policy is public and the bucket blocks such policies.</exception>
    [Http("PUT", "/{Bucket}?policy", Status = 204), Access("{Bucket}")]
    Task PutBucketPolicy(PutBucketPolicyRequest request, CallContext call);

    [Http("DELETE", "/{Bucket}?policy", Status = 204), Access("{Bucket}")]
    Task DeleteBucketPolicy(BucketRequest request, CallContext call);

    [Http("GET", "/{Bucket}?policyStatus"), Access("{Bucket}")]
    Task<PolicyStatus> GetBucketPolicyStatus(BucketRequest request, CallContext call);

    [Http("GET", "/{Bucket}?publicAccessBlock"), Access("{Bucket}", Action = "GetBucketPublicAccessBlock")]
    Task<PublicAccessBlockConfiguration> GetPublicAccessBlock(BucketRequest request, CallContext call);

    [Http("PUT", "/{Bucket}?publicAccessBlock"), Access("{Bucket}", Action = "PutBucketPublicAccessBlock")]
    Task PutPublicAccessBlock(PutPublicAccessBlockRequest request, CallContext call);

    [Http("DELETE", "/{Bucket}?publicAccessBlock", Status = 204), Access("{Bucket}", Action = "PutBucketPublicAccessBlock")]
    Task DeletePublicAccessBlock(BucketRequest request, CallContext call);

    [Http("GET", "/{Bucket}?ownershipControls"), Access("{Bucket}")]
    Task<OwnershipControls> GetBucketOwnershipControls(BucketRequest request, CallContext call);

    [Http("PUT", "/{Bucket}?ownershipControls"), Access("{Bucket}")]
    Task PutBucketOwnershipControls(PutBucketOwnershipControlsRequest request, CallContext call);

    [Http("DELETE", "/{Bucket}?ownershipControls", Status = 204), Access("{Bucket}", Action = "PutBucketOwnershipControls")]
    Task DeleteBucketOwnershipControls(BucketRequest request, CallContext call);

    [Http("GET", "/{Bucket}?acl"), Access("{Bucket}")]
    Task<AccessControlPolicy> GetBucketAcl(BucketRequest request, CallContext call);

    [Http("PUT", "/{Bucket}?acl"), Access("{Bucket}")]
    Task PutBucketAcl(PutBucketAclRequest request, CallContext call);

    [Http("GET", "/{Bucket}/{Key+}?acl"), Access("{Bucket}/{Key}")]
    Task<AccessControlPolicy> GetObjectAcl(ObjectRequest request, CallContext call);

    [Http("PUT", "/{Bucket}/{Key+}?acl"), Access("{Bucket}/{Key}")]
    Task PutObjectAcl(PutObjectAclRequest request, CallContext call);
}

public sealed record GetBucketPolicyOutput([Payload] string Policy, [InHeader("Content-Type")] string ContentType = "application/json");

public sealed record PutBucketPolicyRequest(
    string Bucket,
    [Payload] string Policy,
    [InHeader("x-amz-confirm-remove-self-bucket-access")] bool? ConfirmRemoveSelfBucketAccess = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record PolicyStatus(bool IsPublic);

public sealed record PublicAccessBlockConfiguration(
    bool? BlockPublicAcls = null, bool? IgnorePublicAcls = null, bool? BlockPublicPolicy = null, bool? RestrictPublicBuckets = null);

public sealed record PutPublicAccessBlockRequest(
    string Bucket,
    [Payload] PublicAccessBlockConfiguration PublicAccessBlockConfiguration,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record OwnershipControls([WireName("Rule"), XmlList(Flattened = true)] IReadOnlyList<OwnershipControlsRule>? Rules = null);

public sealed record OwnershipControlsRule(string ObjectOwnership);

public sealed record PutBucketOwnershipControlsRequest(
    string Bucket,
    [Payload] OwnershipControls OwnershipControls,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record AccessControlPolicy(
    S3Owner? Owner = null,
    [XmlList(Member = "Grant")] IReadOnlyList<S3Grant>? AccessControlList = null);

/// <summary>A right and who has it. Its element says by an attribute of which kind the grantee is, so that answers have one of the last two.</summary>
/// <param name="Grantee">As it is read.</param>
public sealed record S3Grant(
    string Permission,
    S3Grantee? Grantee = null,
    [WireName("Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"")] S3Owner? User = null,
    [WireName("Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\"")] S3Group? Group = null);

public sealed record S3Grantee(string? ID = null, string? URI = null, string? EmailAddress = null, string? DisplayName = null);

public sealed record S3Group(string URI);

public sealed record PutBucketAclRequest(
    string Bucket,
    [Payload] AccessControlPolicy? AccessControlPolicy = null,
    [InHeader("x-amz-acl")] string? ACL = null,
    [InHeader("x-amz-grant-")] IReadOnlyDictionary<string, string>? Grants = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record PutObjectAclRequest(
    string Bucket,
    string Key,
    [Payload] AccessControlPolicy? AccessControlPolicy = null,
    [FromQuery("versionId")] string? VersionId = null,
    [InHeader("x-amz-acl")] string? ACL = null,
    [InHeader("x-amz-grant-")] IReadOnlyDictionary<string, string>? Grants = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);
