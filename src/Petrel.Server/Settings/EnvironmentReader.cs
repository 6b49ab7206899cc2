using System.Collections;
using System.Collections.Frozen;

namespace Petrel.Server.Settings;

/// <summary>The environment of the process, read here and nowhere else, so that tests can give another.</summary>
public sealed class EnvironmentReader(IReadOnlyDictionary<string, string> variables)
{
    private readonly FrozenDictionary<string, string> _variables = variables.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What the process was started with.</summary>
    public static EnvironmentReader OfProcess() => new(Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal));

    /// <summary>Null for a variable that is not set, or set to nothing.</summary>
    public string? this[string name] => _variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    public IEnumerable<KeyValuePair<string, string>> StartingWith(string prefix) =>
        _variables.Where(v => v.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(v => v.Key, StringComparer.Ordinal);

    /// <summary>The user's home folder; the root of the machine for a user without one, which some services run as.</summary>
    public string Home => this["HOME"] ?? "/";

    /// <summary>The folders in which programs are looked for. Administrators' programs count even where a user's PATH leaves them out.</summary>
    public IEnumerable<string> ProgramFolders =>
        (this["PATH"] ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Concat(["/usr/sbin", "/sbin"]).Distinct(StringComparer.Ordinal);
}
