namespace Petrel.Functions;

/// <summary>What a runtime identifier runs on here.</summary>
/// <param name="Identifier">As users write it: <c>nodejs24.x</c>.</param>
/// <param name="Family"><c>nodejs</c>, <c>python</c>, <c>dotnet</c>, <c>provided</c>…</param>
/// <param name="Program">The language's program on this machine; null when the machine has none.</param>
/// <param name="InstalledVersion">The version that runs: <c>20.20.2</c>.</param>
/// <param name="Exact">Whether that is the version that the identifier names; otherwise the nearest installed one.</param>
/// <param name="Problem">For people: why it does not run, or which version stands in, and how to change that.</param>
public sealed record RuntimeInfo(string Identifier, string Family, string? Program, string? InstalledVersion, bool Exact, string? Problem)
{
    public bool Available => Program is not null;

    /// <summary>Whether its functions are programs that take HTTP requests as they are, rather than as events.</summary>
    public bool ServesHttp { get; init; }
}

/// <summary>The runtimes of this machine.</summary>
public sealed class RuntimeCatalogue(IReadOnlyDictionary<string, RuntimeInfo> runtimes)
{
    public IEnumerable<RuntimeInfo> All => runtimes.Values.OrderBy(r => r.Identifier, StringComparer.Ordinal);

    /// <summary>Null for an identifier that no version of the platform knows.</summary>
    public RuntimeInfo? Find(string identifier) => runtimes.GetValueOrDefault(identifier);
}
