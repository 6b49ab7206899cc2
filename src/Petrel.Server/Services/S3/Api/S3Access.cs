using Petrel.Aws.Iam;
using Petrel.Aws.S3;
using Petrel.Server.Edge;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.Services.S3.Store;
using Petrel.Wire;
using Petrel.Wire.Operations;

namespace Petrel.Server.Services.S3.Api;

/// <summary>
/// Step 6 for buckets and objects: the bucket says who owns it, where it lies and which policy it carries. Operations on many objects, and
/// sources of copies, ask again for each.
/// </summary>
internal sealed class S3Access(S3Store store, BucketStore buckets, IAuthorizer authorizer, IPolicyDocuments documents) : IServiceAccess
{
    /// <summary>Actions on one version have names of their own.</summary>
    private static readonly Dictionary<string, string> OfVersions = new(StringComparer.Ordinal)
    {
        ["s3:GetObject"] = "s3:GetObjectVersion",
        ["s3:DeleteObject"] = "s3:DeleteObjectVersion",
        ["s3:GetObjectAttributes"] = "s3:GetObjectVersionAttributes",
        ["s3:GetObjectTagging"] = "s3:GetObjectVersionTagging",
        ["s3:PutObjectTagging"] = "s3:PutObjectVersionTagging",
        ["s3:GetObjectAcl"] = "s3:GetObjectVersionAcl",
        ["s3:PutObjectAcl"] = "s3:PutObjectVersionAcl",
        ["s3:DeleteObjectTagging"] = "s3:DeleteObjectVersionTagging",
    };

    public string Service => "s3";

    public async ValueTask AuthorizeAsync(Operation operation, object request, CallContext call)
    {
        var name = Member(operation, request, "Bucket");
        if (name is null || operation.Name == nameof(IS3.CreateBucket))
        {
            var resource = name is null ? "*" : $"arn:aws:s3:::{name}";
            await authorizer.AuthorizeAsync(new AccessCheck(operation.Action, resource, ResourceAccount: call.Account), call);
            return;
        }

        var bucket = await store.ReadAsync(tx => buckets.GetAsync(tx, name), call.Aborted);
        if (operation.Name != nameof(IS3.GetBucketLocation))
        {
            CheckRegion(bucket, call);
        }

        CheckOwner(bucket, Member(operation, request, "ExpectedBucketOwner"));
        if (operation.Name == nameof(IS3.DeleteObjects))
        {
            return;
        }

        var action = Member(operation, request, "VersionId") is null ? operation.Action : OfVersions.GetValueOrDefault(operation.Action, operation.Action);
        await AuthorizeAsync(
            new ObjectAccess(bucket, action, Member(operation, request, "Key"))
            {
                Context = ContextOf(operation, request),
                VersionId = Member(operation, request, "VersionId"),
            },
            call);
    }

    /// <summary>Asks for one object, or for the bucket.</summary>
    /// <exception cref="CommonException">Access denied.</exception>
    public async ValueTask AuthorizeAsync(ObjectAccess access, CallContext call)
    {
        var (bucket, action, key) = access;
        var acl = key is not null && bucket.AllowsAcls
            ? await store.ReadAsync(tx => ObjectStore.FindAsync(tx, bucket, ObjectKeys.Bytes(key), access.VersionId), call.Aborted)
            : null;
        var resource = key is null ? bucket.Arn : $"{bucket.Arn}/{key}";
        await authorizer.AuthorizeAsync(
            new AccessCheck(action, resource, BucketAccess.PolicyFor(bucket, acl?.Acl, call), access.Context, ResourceAccount: bucket.Account), call);
    }

    /// <summary>Why a text is no policy; null when it is one.</summary>
    public string? FindFault(string policy) => documents.FindFault(policy);

    /// <summary>Who may not list a bucket is not told which of its objects exist.</summary>
    /// <exception cref="S3Exception">The caller may not know.</exception>
    public async ValueTask MayKnowAsync(BucketState bucket, CallContext call)
    {
        try
        {
            await AuthorizeAsync(new ObjectAccess(bucket, "s3:ListBucket", null), call);
        }
        catch (CommonException denial) when (denial.Status == 403)
        {
            throw S3Exception.AccessDenied();
        }
    }

    public static void CheckOwner(BucketState bucket, string? expected)
    {
        if (expected is not null && expected != bucket.Account)
        {
            throw S3Exception.AccessDenied();
        }
    }

    /// <summary>A request that is signed for another region is told which is the bucket's, and SDKs sign again.</summary>
    public static void CheckRegion(BucketState bucket, CallContext call)
    {
        var region = RegionOf(call);
        if (call.Caller.Kind is PrincipalKind.Anonymous or PrincipalKind.Service || region == bucket.Region || region == LegacySignature.AnyRegion)
        {
            return;
        }

        throw new S3Exception(
            "AuthorizationHeaderMalformed",
            $"The authorization header is malformed; the region '{region}' is wrong; expecting '{bucket.Region}'",
            400,
            [new("Region", bucket.Region)],
            [new("x-amz-bucket-region", bucket.Region)]);
    }

    /// <summary>The region of a signature; some tools write <c>US</c> for the first one.</summary>
    public static string RegionOf(CallContext call) => call.Region == "US" ? "us-east-1" : call.Region;

    private static Dictionary<string, string>? ContextOf(Operation operation, object request)
    {
        Dictionary<string, string>? context = null;
        foreach (var (member, key) in ((string, string)[])
            [("Prefix", "s3:prefix"), ("Delimiter", "s3:delimiter"), ("MaxKeys", "s3:max-keys"), ("ACL", "s3:x-amz-acl"), ("VersionId", "s3:VersionId"),
             ("ServerSideEncryption", "s3:x-amz-server-side-encryption"), ("LocationConstraint", "s3:locationconstraint"), ("CopySource", "s3:x-amz-copy-source"),
             ("MetadataDirective", "s3:x-amz-metadata-directive"), ("StorageClass", "s3:x-amz-storage-class")])
        {
            if (Member(operation, request, member) is { } value)
            {
                (context ??= [])[key] = value;
            }
        }

        return context;
    }

    private static string? Member(Operation operation, object request, string name) => operation.Request.Find(name)?.Get(request) as string;
}

/// <summary>What a caller wants to do to an object, or to its bucket.</summary>
/// <param name="Key">Null for the bucket itself.</param>
internal sealed record ObjectAccess(BucketState Bucket, string Action, string? Key)
{
    public IReadOnlyDictionary<string, string>? Context { get; init; }

    /// <summary>Null for the newest version.</summary>
    public string? VersionId { get; init; }
}
