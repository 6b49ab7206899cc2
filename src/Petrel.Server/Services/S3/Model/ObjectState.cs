using System.Text.Json.Serialization;
using Petrel.Storage;

namespace Petrel.Server.Services.S3.Model;

/// <summary>A version of an object, or a delete marker, as it is stored.</summary>
internal sealed record ObjectState
{
    /// <summary>Null for what was written without versioning, whose version is called <c>null</c>.</summary>
    public string? VersionId { get; init; }

    /// <summary>Where the version stands among those of its key; see <see cref="VersionOrder"/>.</summary>
    public required VersionOrder Order { get; init; }

    public required long ModifiedMs { get; init; }

    public bool IsMarker { get; init; }

    public long Size { get; init; }

    /// <summary>Without quotes.</summary>
    public string ETag { get; init; } = "";

    /// <summary>The bytes of an object that was written in one piece.</summary>
    public ContentRef? Content { get; init; }

    /// <summary>The parts of an object that was uploaded in parts.</summary>
    public ulong? Manifest { get; init; }

    public int? PartsCount { get; init; }

    /// <summary>All parts are sealed; said here so that nobody has to read the manifest for it.</summary>
    public bool HasSealedParts { get; init; }

    public ObjectHeaders Headers { get; init; } = ObjectHeaders.None;

    public StoredChecksum? Checksum { get; init; }

    public SortedDictionary<string, string>? Tags { get; init; }

    /// <summary>Null for the owner's full control.</summary>
    public IReadOnlyList<AclGrant>? Acl { get; init; }

    [JsonIgnore]
    public bool IsSealed => Content?.IsSealed ?? HasSealedParts;

    [JsonIgnore]
    public DateTimeOffset Modified => DateTimeOffset.FromUnixTimeSeconds(ModifiedMs / 1_000);

    [JsonIgnore]
    public string ShownVersionId => VersionId ?? VersionOrder.Null;

    [JsonIgnore]
    public string QuotedETag => $"\"{ETag}\"";
}

/// <summary>What the writer said of an object, given back with it.</summary>
internal sealed record ObjectHeaders
{
    public const string DefaultContentType = "binary/octet-stream";

    public static readonly ObjectHeaders None = new();

    public string? ContentType { get; init; }

    public string? CacheControl { get; init; }

    public string? ContentDisposition { get; init; }

    public string? ContentEncoding { get; init; }

    public string? ContentLanguage { get; init; }

    public string? Expires { get; init; }

    /// <summary>Where the website sends who asks for this object.</summary>
    public string? WebsiteRedirect { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>Where bytes lie.</summary>
/// <param name="Size">Of the bytes as clients see them.</param>
/// <param name="Salt">From which their key is made, in base 64; null for bytes that are not sealed.</param>
internal sealed record ContentRef(BlobRef Blob, long Size, string? Salt = null)
{
    [JsonIgnore]
    public bool IsSealed => Salt is not null;
}

/// <param name="Algorithm">As values say it: <c>CRC64NVME</c>.</param>
/// <param name="Value">In base 64; of a composite one, <c>-</c> and the number of parts follow.</param>
internal sealed record StoredChecksum(string Algorithm, string Value, bool IsComposite = false)
{
    [JsonIgnore]
    public string Type => IsComposite ? "COMPOSITE" : "FULL_OBJECT";
}

/// <summary>A part of an object, or of an upload.</summary>
internal sealed record PartState(int Number, long ModifiedMs, string ETag, ContentRef Content, StoredChecksum? Checksum = null)
{
    [JsonIgnore]
    public long Size => Content.Size;
}

/// <summary>The parts of an object in their order. Manifests are never changed.</summary>
internal sealed record ManifestState(IReadOnlyList<PartState> Parts);

/// <summary>A multipart upload in progress: what its object will be.</summary>
internal sealed record UploadState
{
    public required string UploadId { get; init; }

    public required string Key { get; init; }

    public required long InitiatedMs { get; init; }

    /// <summary>Who began it.</summary>
    public required string Initiator { get; init; }

    public ObjectHeaders Headers { get; init; } = ObjectHeaders.None;

    public SortedDictionary<string, string>? Tags { get; init; }

    public IReadOnlyList<AclGrant>? Acl { get; init; }

    /// <summary>Parts are sealed even where the settings seal none.</summary>
    public bool Seals { get; init; }

    /// <summary>The checksum of the parts, and whether the object's is made of theirs or is that of its bytes. Null: none was asked for.</summary>
    public string? ChecksumAlgorithm { get; init; }

    public bool IsComposite { get; init; }
}
