namespace Petrel.Server.Services.Lambda.Model;

/// <summary>An alias: a name for one version, or for two with a weight.</summary>
/// <param name="OtherVersion">A second version that takes the share <paramref name="OtherWeight"/> of the invocations.</param>
internal sealed record AliasRecord(
    string Name,
    string Version,
    string Description,
    string RevisionId,
    string? OtherVersion = null,
    double OtherWeight = 0)
{
    /// <summary>The version of an invocation, given an evenly distributed number from 0 up to 1.</summary>
    public string Choose(double roll) => OtherVersion is not null && roll < OtherWeight ? OtherVersion : Version;
}
