using System.Collections.Frozen;

namespace Petrel.Functions.Runtimes.Catalogue;

/// <summary>A runtime identifier of Lambda, or one of Petrel's own, and the version it asks for.</summary>
/// <param name="Wanted">The language's version; null for runtimes that bring no language, or take the newest.</param>
internal sealed record RuntimeIdentifier(string Name, string Family, Version? Wanted)
{
    /// <summary>Every identifier that functions may be created with.</summary>
    public static IReadOnlyList<RuntimeIdentifier> All { get; } =
    [
        .. Versions("16.0", "18.0", "20.0", "22.0", "24.0").Select(v => new RuntimeIdentifier($"nodejs{v.Major}.x", "nodejs", v)),
        .. Versions("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14").Select(v => new RuntimeIdentifier($"python{v}", "python", v)),
        .. Versions("6.0", "8.0", "10.0").Select(v => new RuntimeIdentifier($"dotnet{v.Major}", "dotnet", v)),
        .. Versions("8.0", "11.0", "17.0", "21.0", "25.0").Select(v => new RuntimeIdentifier(v.Major == 8 ? "java8.al2" : $"java{v.Major}", "java", v)),
        .. Versions("3.2", "3.3", "3.4", "4.0").Select(v => new RuntimeIdentifier($"ruby{v}", "ruby", v)),
        new("wasm", "wasm", new Version(10, 0)), // no identifier of Lambda's: an extension of ours. Its worker runs on .NET 10
        new("provided", "provided", null),
        new("provided.al2", "provided", null),
        new("provided.al2023", "provided", null),
        new("http", "http", null) { Language = null, ServesHttp = true },
        new("google-nodejs", "google-nodejs", null) { Language = "nodejs", ServesHttp = true },
        new("google-python", "google-python", null) { Language = "python", ServesHttp = true },
        new("azure-custom", "azure-custom", null) { Language = null, ServesHttp = true },
        new("openwhisk", "openwhisk", null) { Language = null, ServesHttp = true },
        new("openwhisk-nodejs", "openwhisk-nodejs", null) { Language = "nodejs", ServesHttp = true },
        new("openwhisk-python", "openwhisk-python", null) { Language = "python", ServesHttp = true },
    ];

    /// <summary>The language whose program runs it; null when the function itself says what is run.</summary>
    public string? Language { get; init; } = Family is "provided" ? null : Family;

    /// <summary>Whether it is one of Petrel's own, for programs that serve HTTP; the others are Lambda's.</summary>
    public bool ServesHttp { get; init; }

    /// <summary>An older Java does not load the classes of a newer one; a newer one loads them all.</summary>
    private const int OlderJava = 1000;

    private bool CountsByMinor => Language is "python" or "ruby";

    /// <summary>Whether Lambda has a runtime of this name that brings its language.</summary>
    public static bool OfLambdaLanguage(string identifier) => !WithoutLambdaLanguage.Contains(identifier);

    private static readonly FrozenSet<string> WithoutLambdaLanguage =
        All.Where(i => i.ServesHttp || i.Family == "provided").Select(i => i.Name).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether an installed version is the one that is meant: the same major, and for languages that count by it, minor number.</summary>
    public bool IsExact(Version installed) =>
        Wanted is null || (installed.Major == Wanted.Major && (!CountsByMinor || installed.Minor == Wanted.Minor));

    /// <summary>How far an installed version is from the wanted one; of two equally far, the newer is nearer.</summary>
    public int DistanceTo(Version installed)
    {
        if (Wanted is not { } wanted)
        {
            return -(installed.Major * 1000 + Math.Max(installed.Minor, 0)); // no version is named: the newest
        }

        var distance = CountsByMinor
            ? (installed.Major - wanted.Major) * 1000 + installed.Minor - wanted.Minor
            : installed.Major - wanted.Major;
        return distance >= 0 ? distance * 2 : -distance * 2 + (Family is "java" ? OlderJava : 1);
    }

    private static IEnumerable<Version> Versions(params string[] versions) => versions.Select(Version.Parse);
}
