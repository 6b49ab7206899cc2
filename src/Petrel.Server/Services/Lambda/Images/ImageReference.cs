using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Petrel.Server.Services.Lambda.Images;

/// <summary>
/// Where an image is: <c>registry/name:tag</c>, <c>registry/name@sha256:…</c>, or an archive in the data folder's <c>images</c>,
/// <c>oci-archive:FILE</c> or <c>docker-archive:FILE</c>. A file is named without any folder: callers name no other path of the machine.
/// </summary>
/// <param name="Transport"><c>docker</c> for a registry, else the archive's kind.</param>
/// <param name="Registry">Host and port; empty for an archive.</param>
/// <param name="Name">The repository, or the archive's file.</param>
/// <param name="Digest"><c>sha256:</c> and 64 digits; null while only the tag is known.</param>
internal sealed partial record ImageReference(string Transport, string Registry, string Name, string? Tag, string? Digest)
{
    public const string FromRegistry = "docker";

    public bool IsArchive => Transport != FromRegistry;

    public static bool TryParse(string uri, [NotNullWhen(true)] out ImageReference? reference)
    {
        reference = null;
        if (Archive().Match(uri) is { Success: true } file)
        {
            reference = new ImageReference(file.Groups["kind"].Value, "", file.Groups["file"].Value, null, ValueOf(file, "digest"));
        }
        else if (uri.Length <= 1_000 && InRegistry().Match(uri) is { Success: true } match && (match.Groups["tag"].Success || match.Groups["digest"].Success))
        {
            reference = new ImageReference(
                FromRegistry, match.Groups["registry"].Value, match.Groups["name"].Value, ValueOf(match, "tag"), ValueOf(match, "digest"));
        }

        return reference is not null;
    }

    /// <summary>The same image by what it is rather than by what it is called now.</summary>
    public ImageReference WithDigest(string digest) => this with { Tag = null, Digest = digest };

    public override string ToString()
    {
        var place = IsArchive ? $"{Transport}:{Name}" : $"{Registry}/{Name}";
        return place + (Tag is null ? "" : $":{Tag}") + (Digest is null ? "" : $"@{Digest}");
    }

    private static string? ValueOf(Match match, string group) => match.Groups[group] is { Success: true, Value: var value } ? value : null;

    [GeneratedRegex(
        @"^(?<registry>[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?)/(?<name>[a-z0-9]+([._/-]+[a-z0-9]+)*)"
        + @"(:(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(@(?<digest>sha256:[0-9a-f]{64}))?\z",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex InRegistry();

    [GeneratedRegex(@"^(?<kind>oci-archive|docker-archive):(?<file>[A-Za-z0-9][A-Za-z0-9._-]{0,199})(@(?<digest>sha256:[0-9a-f]{64}))?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Archive();
}
