using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.Services.S3.Store;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Api;

/// <content>Who may do what to a bucket and its objects.</content>
internal sealed partial class S3Service
{
    public async Task<GetBucketPolicyOutput> GetBucketPolicy(BucketRequest request, CallContext call)
    {
        var bucket = await GetBucketAsync(request.Bucket, call);
        return new GetBucketPolicyOutput(bucket.Policy ?? throw NoPolicy(bucket));
    }

    public Task PutBucketPolicy(PutBucketPolicyRequest request, CallContext call)
    {
        BucketPolicies.Check(request.Policy, request.Bucket);
        if (access.FindFault(request.Policy) is { } fault)
        {
            throw BucketPolicies.Malformed(fault);
        }

        var isPublic = BucketPolicies.IsPublic(request.Policy);
        return ChangeBucketAsync(request.Bucket, call, bucket => isPublic && bucket.PublicAccess is { BlockPolicy: true }
            ? throw CommonException.AccessDenied(
                $"User: {call.Caller.Arn} is not authorized to perform: s3:PutBucketPolicy on resource: \"{bucket.Arn}\" because public policies are prevented "
                + "by the BlockPublicPolicy setting in S3 Block Public Access.")
            : bucket with { Policy = request.Policy, HasPublicPolicy = isPublic });
    }

    public Task DeleteBucketPolicy(BucketRequest request, CallContext call) =>
        ChangeBucketAsync(request.Bucket, call, static bucket => bucket with { Policy = null, HasPublicPolicy = false });

    public async Task<PolicyStatus> GetBucketPolicyStatus(BucketRequest request, CallContext call)
    {
        var bucket = await GetBucketAsync(request.Bucket, call);
        return bucket.Policy is null ? throw NoPolicy(bucket) : new PolicyStatus(bucket.HasPublicPolicy);
    }

    public async Task<PublicAccessBlockConfiguration> GetPublicAccessBlock(BucketRequest request, CallContext call)
    {
        var bucket = await GetBucketAsync(request.Bucket, call);
        return bucket.PublicAccess is { } block
            ? new PublicAccessBlockConfiguration(block.BlockAcls, block.IgnoreAcls, block.BlockPolicy, block.Restrict)
            : throw S3Exception.Of(
                "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found", 404, ("BucketName", bucket.Name));
    }

    public Task PutPublicAccessBlock(PutPublicAccessBlockRequest request, CallContext call)
    {
        var asked = request.PublicAccessBlockConfiguration;
        var block = new PublicAccess(
            asked.BlockPublicAcls ?? false, asked.IgnorePublicAcls ?? false, asked.BlockPublicPolicy ?? false, asked.RestrictPublicBuckets ?? false);
        return ChangeBucketAsync(request.Bucket, call, bucket => bucket with { PublicAccess = block });
    }

    public Task DeletePublicAccessBlock(BucketRequest request, CallContext call) =>
        ChangeBucketAsync(request.Bucket, call, static bucket => bucket with { PublicAccess = null });

    public async Task<OwnershipControls> GetBucketOwnershipControls(BucketRequest request, CallContext call)
    {
        var bucket = await GetBucketAsync(request.Bucket, call);
        return bucket.HasNoOwnership
            ? throw S3Exception.Of("OwnershipControlsNotFoundError", "The bucket ownership controls were not found", 404, ("BucketName", bucket.Name))
            : new OwnershipControls([new OwnershipControlsRule(bucket.Ownership ?? BucketState.OwnerEnforced)]);
    }

    public Task PutBucketOwnershipControls(PutBucketOwnershipControlsRequest request, CallContext call)
    {
        if (request.OwnershipControls.Rules is not [{ ObjectOwnership: BucketState.OwnerEnforced or "BucketOwnerPreferred" or "ObjectWriter" } rule])
        {
            throw S3Exception.MalformedXml();
        }

        // An object's writer of another account does not own it here: that setting is not built.
        var ownership = rule.ObjectOwnership is "ObjectWriter"
            ? throw CommonException.NotImplemented("s3", "the object ownership ObjectWriter; BucketOwnerPreferred allows ACLs too")
            : rule.ObjectOwnership;
        return ChangeBucketAsync(request.Bucket, call, bucket => ownership == BucketState.OwnerEnforced && bucket.Acl is not null
            ? throw S3Exception.Of(
                "InvalidBucketAclWithObjectOwnership", "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting", 400)
            : bucket with { Ownership = ownership, HasNoOwnership = false });
    }

    public Task DeleteBucketOwnershipControls(BucketRequest request, CallContext call) =>
        ChangeBucketAsync(request.Bucket, call, static bucket => bucket with { Ownership = null, HasNoOwnership = true });

    public async Task<AccessControlPolicy> GetBucketAcl(BucketRequest request, CallContext call)
    {
        var bucket = await GetBucketAsync(request.Bucket, call);
        return AclGrant.Show(bucket.AllowsAcls ? bucket.Acl : null, OwnerOf(bucket));
    }

    public Task PutBucketAcl(PutBucketAclRequest request, CallContext call) => ChangeBucketAsync(
        request.Bucket,
        call,
        bucket => bucket with { Acl = AskedAcl(bucket, request.ACL, request.Grants, request.AccessControlPolicy) });

    public async Task<AccessControlPolicy> GetObjectAcl(ObjectRequest request, CallContext call)
    {
        var (bucket, state, _) = await FindReadableAsync(request.Bucket, request.Key, request.VersionId, withValue: false, call);
        return AclGrant.Show(bucket.AllowsAcls ? state.Acl : null, OwnerOf(bucket));
    }

    public async Task PutObjectAcl(PutObjectAclRequest request, CallContext call)
    {
        var key = ObjectKeys.Bytes(request.Key);
        await Transactions.WriteAsync(
            async tx =>
            {
                var bucket = await stores.Buckets.GetAsync(tx, request.Bucket);
                var acl = AskedAcl(bucket, request.ACL, request.Grants, request.AccessControlPolicy);
                var state = await ObjectStore.ChangeAsync(tx, bucket, key, request.VersionId, old => old with { Acl = acl });
                stores.Events.Add(tx, bucket, new Events.ObjectEvent(EventNames.AclPut, request.Key, state), call);
                return state;
            },
            call.Aborted);
    }

    /// <summary>The ACL that a request asks for, where the bucket lets it.</summary>
    private static IReadOnlyList<AclGrant>? AskedAcl(
        BucketState bucket, string? canned, IReadOnlyDictionary<string, string>? headers, AccessControlPolicy? policy = null)
    {
        if (policy is null && canned is null && headers is not { Count: > 0 })
        {
            return null;
        }

        var owner = CanonicalUsers.Of(bucket.Account).ID;
        var asked = policy is not null ? AclGrant.FromXml(policy) : AclGrant.Read(canned, headers, owner);
        var isPrivate = asked is null || asked.All(grant => grant.UserId == owner && grant.Permission == AclGrant.FullControl);
        if (!bucket.AllowsAcls && !isPrivate)
        {
            throw S3Exception.Of("AccessControlListNotSupported", "The bucket does not allow ACLs", 400);
        }

        return isPrivate ? null
            : bucket.PublicAccess is { BlockAcls: true } && asked!.Any(static grant => grant.IsPublic()) ? throw S3Exception.AccessDenied()
            : asked;
    }

    private static S3Exception NoPolicy(BucketState bucket) =>
        S3Exception.Of("NoSuchBucketPolicy", "The bucket policy does not exist", 404, ("BucketName", bucket.Name));
}
