using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.Services.S3.Store;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Api;

/// <content>Buckets.</content>
internal sealed partial class S3Service
{
    private const string DefaultRegion = "us-east-1";

    public async Task<CreateBucketOutput> CreateBucket(CreateBucketRequest request, CallContext call)
    {
        BucketNames.Check(request.Bucket);
        Unsupported.Header("x-amz-bucket-object-lock-enabled", request.ObjectLockEnabledForBucket is true ? "true" : null);
        Unsupported.Header("x-amz-object-ownership", request.ObjectOwnership is BucketState.OwnerEnforced or "BucketOwnerPreferred" ? null : request.ObjectOwnership);
        Unsupported.Header("x-amz-bucket-namespace", request.BucketNamespace is "global" ? null : request.BucketNamespace);
        if (request.CreateBucketConfiguration is { } directory && (directory.Location is not null || directory.Bucket is not null))
        {
            throw CommonException.NotImplemented("s3", "directory buckets");
        }

        var bucket = new BucketState
        {
            Id = ids.NextId(),
            Name = request.Bucket,
            Account = call.Account,
            Region = RegionOf(request.CreateBucketConfiguration?.LocationConstraint, call),
            CreatedMs = Now(),
            Tags = ObjectTags.Checked(request.CreateBucketConfiguration?.Tags ?? [], ObjectTags.MaxOfBucket),
            Ownership = request.ObjectOwnership is BucketState.OwnerEnforced ? null : request.ObjectOwnership,
            PublicAccess = PublicAccess.Blocked,
        };
        bucket = bucket with { Acl = FirstAcl(bucket, request) };
        await Transactions.WriteAsync(
            async tx =>
            {
                if (await stores.Buckets.FindAsync(tx, bucket.Name) is { } existing)
                {
                    CheckAgain(existing, bucket);
                    return existing;
                }

                BucketStore.Put(tx, bucket);
                return bucket;
            },
            call.Aborted);
        return new CreateBucketOutput($"/{bucket.Name}", bucket.Arn);
    }

    public async Task<HeadBucketOutput> HeadBucket(BucketRequest request, CallContext call)
    {
        var bucket = await GetBucketAsync(request.Bucket, call);
        return new HeadBucketOutput(bucket.Region, bucket.Arn);
    }

    public async Task<ListAllMyBucketsResult> ListBuckets(ListBucketsRequest request, CallContext call)
    {
        const int Page = 1_000;
        var limit = request.MaxBuckets ?? 10_000;
        var after = request.ContinuationToken is { } token ? ObjectKeys.Text(ListingRules.ReadToken(token)) : null;
        var found = new List<BucketState>();
        while (found.Count <= limit)
        {
            var from = after;
            var page = await Transactions.ReadAsync(tx => stores.Buckets.ListAsync(tx, call.Account, from, Page), call.Aborted);
            found.AddRange(page.Where(b => b.Name.StartsWith(request.Prefix ?? "", StringComparison.Ordinal)
                && (request.BucketRegion is null || b.Region == request.BucketRegion)));
            if (page.Count < Page)
            {
                break;
            }

            after = page[^1].Name;
        }

        var shown = found.Take(limit).Select(b => new BucketEntry(b.Name, Seconds(b.CreatedMs), b.Region, b.Arn)).ToArray();
        var next = found.Count > limit ? ListingRules.Token(System.Text.Encoding.UTF8.GetBytes(shown[^1].Name)) : null;
        return new ListAllMyBucketsResult(CanonicalUsers.Of(call.Account), shown, next, request.Prefix);
    }

    public async Task DeleteBucket(BucketRequest request, CallContext call) => await Transactions.WriteAsync(
        async tx =>
        {
            var bucket = await stores.Buckets.GetAsync(tx, request.Bucket);
            if (!await ObjectRows.IsEmptyAsync(tx, bucket.Id))
            {
                throw bucket.Versioning is null
                    ? S3Exception.Of("BucketNotEmpty", "The bucket you tried to delete is not empty", 409, ("BucketName", bucket.Name))
                    : S3Exception.Of(
                        "BucketNotEmpty",
                        "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
                        409,
                        ("BucketName", bucket.Name));
            }

            BucketStore.Delete(tx, bucket);
            GarbageRows.AddBucket(tx, bucket.Id);
            return bucket;
        },
        call.Aborted);

    public async Task<GetBucketLocationOutput> GetBucketLocation(BucketRequest request, CallContext call)
    {
        var bucket = await GetBucketAsync(request.Bucket, call);
        var region = bucket.Region == DefaultRegion ? "" : bucket.Region;
        return new GetBucketLocationOutput(
            $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{region}</LocationConstraint>");
    }

    public async Task<VersioningConfiguration> GetBucketVersioning(BucketRequest request, CallContext call) =>
        new((await GetBucketAsync(request.Bucket, call)).Versioning?.ToString());

    public Task PutBucketVersioning(PutBucketVersioningRequest request, CallContext call)
    {
        if (request.MFA is not null || request.VersioningConfiguration.MfaDelete is not (null or "Disabled"))
        {
            throw MfaNotBuilt;
        }

        Versioning? versioning = request.VersioningConfiguration.Status switch
        {
            "Enabled" => Versioning.Enabled,
            "Suspended" => Versioning.Suspended,
            null => throw S3Exception.Of(
                "IllegalVersioningConfigurationException", "The Versioning element must be specified", 400),
            _ => throw S3Exception.MalformedXml(),
        };
        return ChangeBucketAsync(request.Bucket, call, bucket => bucket with { Versioning = versioning });
    }

    public async Task<Tagging> GetBucketTagging(BucketRequest request, CallContext call)
    {
        var bucket = await GetBucketAsync(request.Bucket, call);
        return bucket.Tags is { } tags
            ? ObjectTags.Show(tags)
            : throw S3Exception.Of("NoSuchTagSet", "The TagSet does not exist", 404, ("BucketName", bucket.Name));
    }

    public Task PutBucketTagging(PutBucketTaggingRequest request, CallContext call)
    {
        var tags = ObjectTags.Checked(request.Tagging.TagSet, ObjectTags.MaxOfBucket);
        return ChangeBucketAsync(request.Bucket, call, bucket => bucket with { Tags = tags });
    }

    public Task DeleteBucketTagging(BucketRequest request, CallContext call) =>
        ChangeBucketAsync(request.Bucket, call, static bucket => bucket with { Tags = null });

    private static IReadOnlyList<AclGrant>? FirstAcl(BucketState bucket, CreateBucketRequest request)
    {
        try
        {
            return AskedAcl(bucket, request.ACL, request.Grants);
        }
        catch (S3Exception refusal) when (refusal.Code == "AccessControlListNotSupported")
        {
            throw S3Exception.Of(
                "InvalidBucketAclWithObjectOwnership", "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting", 400);
        }
    }

    private static void CheckAgain(BucketState existing, BucketState asked)
    {
        if (existing.Account != asked.Account)
        {
            throw S3Exception.Of(
                "BucketAlreadyExists",
                "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
                409,
                ("BucketName", asked.Name));
        }

        if (existing.Region != DefaultRegion || asked.Region != DefaultRegion)
        {
            throw S3Exception.Of(
                "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.", 409, ("BucketName", asked.Name));
        }
    }

    /// <summary>us-east-1 makes buckets anywhere; every other region only its own, and wants it said.</summary>
    private static string RegionOf(string? constraint, CallContext call)
    {
        var region = constraint switch
        {
            null or "" => DefaultRegion,
            "EU" => "eu-west-1",
            DefaultRegion => throw S3Exception.Of(
                "InvalidLocationConstraint", "The specified location-constraint is not valid", 400, ("LocationConstraint", constraint)),
            _ => constraint,
        };
        var signed = S3Access.RegionOf(call);
        if (region != signed && signed is not (DefaultRegion or Edge.LegacySignature.AnyRegion))
        {
            var shown = string.IsNullOrEmpty(constraint) ? "unspecified" : constraint;
            throw S3Exception.Of(
                "IllegalLocationConstraintException",
                $"The {shown} location constraint is incompatible for the region specific endpoint this request was sent to.",
                400);
        }

        return region.Length <= 32 && !region.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-")
            ? region
            : throw S3Exception.Of("InvalidLocationConstraint", "The specified location-constraint is not valid", 400, ("LocationConstraint", constraint));
    }
}
