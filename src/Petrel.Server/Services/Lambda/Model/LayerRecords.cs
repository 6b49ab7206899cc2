namespace Petrel.Server.Services.Lambda.Model;

/// <summary>A layer: what its versions share.</summary>
/// <param name="LastVersion">The number of the newest version, also of a deleted one: numbers are not used again.</param>
internal sealed record LayerRecord(ulong Id, string Account, string Region, string Name, long LastVersion)
{
    public string Arn => $"arn:aws:lambda:{Region}:{Account}:layer:{Name}";
}

internal sealed record LayerVersionRecord(
    long Version,
    string Description,
    DateTimeOffset Created,
    CodeRecord Code,
    string[]? CompatibleRuntimes,
    string[]? CompatibleArchitectures,
    string? LicenseInfo);
