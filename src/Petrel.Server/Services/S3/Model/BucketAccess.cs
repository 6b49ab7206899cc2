using System.Text.Json;
using System.Text.Json.Nodes;
using Petrel.Aws.S3;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Model;

/// <summary>What keeps a bucket from being public, whatever its policy and ACLs say.</summary>
internal sealed record PublicAccess(bool BlockAcls, bool IgnoreAcls, bool BlockPolicy, bool Restrict)
{
    /// <summary>That of new buckets.</summary>
    public static readonly PublicAccess Blocked = new(true, true, true, true);

    public static readonly PublicAccess Open = new(false, false, false, false);
}

/// <summary>
/// The policy that decides on a request: the bucket's own, and what its ACL and the object's allow written as statements, so that an explicit
/// deny wins over both.
/// </summary>
internal static class BucketAccess
{
    private static readonly Dictionary<string, string[]> OfBucket = new(StringComparer.Ordinal)
    {
        ["READ"] = ["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"],
        ["WRITE"] = ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
        ["READ_ACP"] = ["s3:GetBucketAcl"],
        ["WRITE_ACP"] = ["s3:PutBucketAcl"],
    };

    private static readonly Dictionary<string, string[]> OfObject = new(StringComparer.Ordinal)
    {
        ["READ"] = ["s3:GetObject", "s3:GetObjectVersion"],
        ["READ_ACP"] = ["s3:GetObjectAcl", "s3:GetObjectVersionAcl"],
        ["WRITE_ACP"] = ["s3:PutObjectAcl", "s3:PutObjectVersionAcl"],
    };

    /// <param name="ofObject">The object's ACL; null where it has none or the request is for the bucket.</param>
    /// <returns>Null where nothing but the caller's own policies decides.</returns>
    public static string? PolicyFor(BucketState bucket, IReadOnlyList<AclGrant>? ofObject, CallContext call)
    {
        var isStranger = call.Caller.Account != bucket.Account && call.Caller.Kind != PrincipalKind.Service;
        var policy = isStranger && bucket is { HasPublicPolicy: true, PublicAccess.Restrict: true } ? null : bucket.Policy;
        var statements = new JsonArray();
        if (bucket.AllowsAcls)
        {
            AddStatements(statements, bucket, bucket.Acl, OfBucket, call);
            AddStatements(statements, bucket, ofObject, OfObject, call);
        }

        if (statements.Count == 0)
        {
            return policy;
        }

        var document = policy is null ? new JsonObject { ["Version"] = "2012-10-17" } : JsonNode.Parse(policy)!.AsObject();
        if (document["Statement"] is JsonArray own)
        {
            foreach (var statement in own)
            {
                statements.Add(statement!.DeepClone());
            }
        }
        else if (document["Statement"] is { } one)
        {
            statements.Add(one.DeepClone());
        }

        document["Statement"] = statements;
        return document.ToJsonString();
    }

    private static void AddStatements(
        JsonArray statements, BucketState bucket, IReadOnlyList<AclGrant>? acl, Dictionary<string, string[]> actions, CallContext call)
    {
        foreach (var grant in acl ?? [])
        {
            if (PrincipalOf(grant, bucket, call) is not { } principal)
            {
                continue;
            }

            var allowed = grant.Permission == AclGrant.FullControl ? actions.Values.SelectMany(static a => a) : actions.GetValueOrDefault(grant.Permission, []);
            var list = new JsonArray([.. allowed.Select(static action => JsonValue.Create(action))]);
            if (list.Count > 0)
            {
                var statement = new JsonObject { ["Effect"] = "Allow", ["Principal"] = principal, ["Action"] = list, ["Resource"] = "*" };
                if (grant.Group == AclGrant.AuthenticatedUsers)
                {
                    statement["Condition"] = new JsonObject { ["Null"] = new JsonObject { ["aws:PrincipalArn"] = "false" } };
                }

                statements.Add(statement);
            }
        }
    }

    private static JsonNode? PrincipalOf(AclGrant grant, BucketState bucket, CallContext call)
    {
        if (grant.Group is not null)
        {
            return bucket.PublicAccess is { IgnoreAcls: true } ? null : JsonValue.Create("*");
        }

        // The owner needs no statement; of other accounts only the caller's own can be known by its canonical id.
        var isCaller = call.Caller.Kind is not (PrincipalKind.Anonymous or PrincipalKind.Service)
            && call.Caller.Account != bucket.Account
            && CanonicalUsers.Of(call.Caller.Account).ID == grant.UserId;
        return isCaller ? new JsonObject { ["AWS"] = call.Caller.Account } : null;
    }
}
