using Petrel.Aws.S3;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Model;

/// <summary>A right that an ACL gives, to a group or to an account by its canonical id.</summary>
internal sealed record AclGrant(string Permission, string? Group = null, string? UserId = null)
{
    public const string FullControl = "FULL_CONTROL";
    public const string AllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
    public const string AuthenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

    private static readonly string[] Permissions = ["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"];

    /// <summary>Of accounts, only those that know each other are public to nobody.</summary>
    public bool IsPublic() => Group is not null;

    /// <summary>The ACL that a request names, by a canned name or by headers; null where it names none.</summary>
    /// <param name="owner">The canonical id of the bucket's owner.</param>
    public static IReadOnlyList<AclGrant>? Read(string? canned, IReadOnlyDictionary<string, string>? headers, string owner)
    {
        if (canned is not null && headers is { Count: > 0 })
        {
            throw S3Exception.InvalidRequest("Specifying both Canned ACLs and Header Grants is not allowed");
        }

        return headers is { Count: > 0 } ? FromHeaders(headers) : canned is null ? null : FromCanned(canned, owner);
    }

    public static IReadOnlyList<AclGrant> FromXml(AccessControlPolicy policy)
    {
        if (policy.AccessControlList is not { } list || policy.Owner is null)
        {
            throw S3Exception.Of("MalformedACLError", "The XML you provided was not well-formed or did not validate against our published schema", 400);
        }

        return [.. list.Select(static grant => grant.Grantee switch
        {
            { URI: { } uri } => new AclGrant(Known(grant.Permission), Group: KnownGroup(uri)),
            { ID: { } id } => new AclGrant(Known(grant.Permission), UserId: KnownUser(id)),
            _ => throw CommonException.NotImplemented("s3", "ACLs with grantees by e-mail address"),
        })];
    }

    public static AccessControlPolicy Show(IReadOnlyList<AclGrant>? acl, S3Owner owner) => new(
        owner,
        acl is null
            ? [new S3Grant(FullControl, User: owner)]
            : [.. acl.Select(static grant => grant.Group is { } group
                ? new S3Grant(grant.Permission, Group: new S3Group(group))
                : new S3Grant(grant.Permission, User: new S3Owner(grant.UserId!)))]);

    private static List<AclGrant>? FromCanned(string canned, string owner)
    {
        var full = new AclGrant(FullControl, UserId: owner);
        return canned switch
        {
            "private" or "bucket-owner-full-control" or "bucket-owner-read" => null,
            "public-read" => [full, new AclGrant("READ", Group: AllUsers)],
            "public-read-write" => [full, new AclGrant("READ", Group: AllUsers), new AclGrant("WRITE", Group: AllUsers)],
            "authenticated-read" => [full, new AclGrant("READ", Group: AuthenticatedUsers)],
            "aws-exec-read" or "log-delivery-write" => throw CommonException.NotImplemented("s3", $"the canned ACL {canned}"),
            _ => throw S3Exception.InvalidArgument("", "x-amz-acl", canned),
        };
    }

    private static List<AclGrant> FromHeaders(IReadOnlyDictionary<string, string> headers)
    {
        var grants = new List<AclGrant>();
        foreach (var (name, value) in headers)
        {
            var permission = Known(name.ToUpperInvariant().Replace('-', '_'));
            foreach (var part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var equals = part.IndexOf('=', StringComparison.Ordinal);
                var grantee = equals < 0 ? "" : part[(equals + 1)..].Trim('"', ' ');
                grants.Add((equals < 0 ? "" : part[..equals].Trim()) switch
                {
                    "uri" => new AclGrant(permission, Group: KnownGroup(grantee)),
                    "id" => new AclGrant(permission, UserId: KnownUser(grantee)),
                    "emailAddress" => throw CommonException.NotImplemented("s3", "ACLs with grantees by e-mail address"),
                    _ => throw S3Exception.InvalidArgument("Argument format not recognized", $"x-amz-grant-{name}", value),
                });
            }
        }

        return grants;
    }

    private static string Known(string text) => Array.IndexOf(Permissions, text) >= 0
        ? text
        : throw S3Exception.Of("MalformedACLError", "The XML you provided was not well-formed or did not validate against our published schema", 400);

    private static string KnownGroup(string uri) => uri switch
    {
        AllUsers or AuthenticatedUsers => uri,
        "http://acs.amazonaws.com/groups/s3/LogDelivery" => throw CommonException.NotImplemented("s3", "the group LogDelivery"),
        _ => throw S3Exception.InvalidArgument("Invalid group uri", "uri", uri),
    };

    private static string KnownUser(string id) => id.Length == 64 && !id.AsSpan().ContainsAnyExcept("0123456789abcdef")
        ? id
        : throw S3Exception.InvalidArgument("Invalid id", "CanonicalUser/ID", id);
}
