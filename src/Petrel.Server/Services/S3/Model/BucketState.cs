using System.Text.Json.Serialization;
using Petrel.Aws.S3;

namespace Petrel.Server.Services.S3.Model;

/// <summary>A bucket as it is stored. Its objects' keys begin with <see cref="Id"/>, so that a bucket made anew sees nothing of the old one.</summary>
internal sealed record BucketState
{
    /// <summary>The ownership that has no ACLs.</summary>
    public const string OwnerEnforced = "BucketOwnerEnforced";

    public required ulong Id { get; init; }

    public required string Name { get; init; }

    public required string Account { get; init; }

    public required string Region { get; init; }

    public required long CreatedMs { get; init; }

    /// <summary>Null while versioning was never chosen.</summary>
    public Versioning? Versioning { get; init; }

    public SortedDictionary<string, string>? Tags { get; init; }

    /// <summary>Null for the default: the bucket's owner owns all objects, and there are no ACLs.</summary>
    public string? Ownership { get; init; }

    /// <summary>The setting was removed: there are none, and none is shown.</summary>
    public bool HasNoOwnership { get; init; }

    /// <summary>Null where it was removed.</summary>
    public PublicAccess? PublicAccess { get; init; }

    /// <summary>JSON, as it was put.</summary>
    public string? Policy { get; init; }

    public bool HasPublicPolicy { get; init; }

    /// <summary>Null for the owner's full control.</summary>
    public IReadOnlyList<AclGrant>? Acl { get; init; }

    public IReadOnlyList<CORSRule>? Cors { get; init; }

    public IReadOnlyList<NotificationRule>? Notifications { get; init; }

    public IReadOnlyList<LifecycleRule>? Lifecycle { get; init; }

    public WebsiteConfiguration? Website { get; init; }

    /// <summary>New objects are sealed even where the settings seal none.</summary>
    public bool Seals { get; init; }

    [JsonIgnore]
    public bool AllowsAcls => Ownership is not (null or OwnerEnforced);

    [JsonIgnore]
    public string Arn => $"arn:aws:s3:::{Name}";
}

internal enum Versioning
{
    Enabled = 1,
    Suspended = 2,
}
