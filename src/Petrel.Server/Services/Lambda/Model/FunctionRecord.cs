namespace Petrel.Server.Services.Lambda.Model;

/// <summary>A function as it is stored: what all its versions share, and <c>$LATEST</c>.</summary>
internal sealed record FunctionRecord
{
    /// <summary>Names the function's data: a function of the same name that is created later has another.</summary>
    public required ulong Id { get; init; }

    public required FunctionKey Key { get; init; }

    /// <summary><c>$LATEST</c> as answers show it.</summary>
    public required VersionRecord Latest { get; init; }

    /// <summary>What invocations of <c>$LATEST</c> use while an update is prepared or has failed; null when that is <see cref="Latest"/>.</summary>
    public VersionRecord? Running { get; init; }

    /// <summary>The number of the newest published version, also of a deleted one; 0 before the first.</summary>
    public long LastVersion { get; init; }

    /// <summary>Says whether <c>$LATEST</c> has changed since the newest version was published.</summary>
    public string? LastPublishedFingerprint { get; init; }

    public int? ReservedConcurrency { get; init; }

    public Dictionary<string, string> Tags { get; init; } = [];

    /// <summary><c>Terminate</c> or <c>Allow</c>.</summary>
    public string RecursiveLoop { get; init; } = "Terminate";

    /// <summary>The packages that <c>$LATEST</c> needs, also the one that still runs during an update.</summary>
    public HashSet<string> Packages() => Running is null ? Latest.Packages() : [.. Latest.Packages(), .. Running.Packages()];
}

/// <summary>The state of a version or, with <see cref="UpdateStatus"/>, of the last update of <c>$LATEST</c>.</summary>
internal static class FunctionStates
{
    public const string Pending = "Pending";
    public const string Active = "Active";
    public const string Failed = "Failed";
    public const string InProgress = "InProgress";
    public const string Successful = "Successful";
}

/// <summary>One configuration of a function with its code: a published version or <c>$LATEST</c>.</summary>
internal sealed record VersionRecord
{
    /// <summary><c>$LATEST</c> or a number.</summary>
    public required string Version { get; init; }

    /// <summary>Differs for every update, and names the pool of instances.</summary>
    public required ulong ConfigId { get; init; }

    public required string Runtime { get; init; }

    public required string Handler { get; init; }

    public required string Role { get; init; }

    public string Description { get; init; } = "";

    public required int TimeoutSeconds { get; init; }

    public required int MemoryMb { get; init; }

    public required int EphemeralStorageMb { get; init; }

    /// <summary>The variables, sealed; null when the function was created without an environment.</summary>
    public byte[]? Environment { get; init; }

    public LayerUse[] Layers { get; init; } = [];

    public required string TracingMode { get; init; }

    public required LoggingRecord Logging { get; init; }

    public required string Architecture { get; init; }

    public required CodeRecord Code { get; init; }

    /// <summary>What a function that is an image overrides of it; null for one with a package.</summary>
    public ImageRecord? Image { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    public required string RevisionId { get; init; }

    public required StateRecord State { get; init; }

    /// <summary>Null while the function is created.</summary>
    public StateRecord? LastUpdate { get; init; }



    /// <summary>The packages of the code and of its layers.</summary>
    public HashSet<string> Packages() => [Code.Sha256, .. Layers.Select(layer => layer.Code.Sha256)];
}

internal sealed record StateRecord(string Status, string? Reason = null, string? ReasonCode = null);

/// <param name="Format"><c>Text</c> or <c>JSON</c>.</param>
internal sealed record LoggingRecord(string Format, string LogGroup, string? ApplicationLevel = null, string? SystemLevel = null);

/// <summary>A package.</summary>
/// <param name="Sha256">Of its bytes, base64: <c>CodeSha256</c>. It names the unpacked code.</param>
/// <param name="Image">The image of which these are the files, by its digest, which then is the hash; null for a package.</param>
internal sealed record CodeRecord(string Sha256, long SizeBytes, long UnpackedBytes, string? Image = null);

/// <param name="Uri">The image as the user named it.</param>
internal sealed record ImageRecord(string Uri, string[]? EntryPoint = null, string[]? Command = null, string? WorkingDirectory = null);

/// <summary>A layer version that a function uses. It stays usable after the layer version is deleted.</summary>
internal sealed record LayerUse(string Arn, CodeRecord Code);
