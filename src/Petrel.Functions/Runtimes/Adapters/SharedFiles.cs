using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>
/// Copies of files of functions, named by their content: what several functions have alike is one file, which belongs to none of them.
/// </summary>
internal sealed class SharedFiles(string? directory, string name)
{
    /// <summary>Known files beyond this many are looked at again.</summary>
    private const int MaxKnown = 1000;

    private readonly Lazy<string> _folder = new(() => Directory.CreateDirectory(Path.Combine(directory!, name)).FullName);

    private readonly ConcurrentDictionary<string, string?> _known = new(StringComparer.Ordinal);

    /// <param name="path">A file of a function's code, which never changes.</param>
    /// <param name="copy">Null when it is not there, or not usable.</param>
    /// <returns>False when there is no place for a copy.</returns>
    public bool TryShare(string path, Func<string, bool> usable, out string? copy)
    {
        copy = directory is null ? null : Share(path, usable);
        return directory is not null || !usable(path);
    }

    private string? Share(string path, Func<string, bool> usable)
    {
        if (_known.TryGetValue(path, out var known))
        {
            return known;
        }

        if (_known.Count >= MaxKnown)
        {
            _known.Clear();
        }

        return _known[path] = usable(path) ? Copy(path) : null;
    }

    private string Copy(string path)
    {
        var content = File.ReadAllBytes(path);
        var copy = Path.Combine(_folder.Value, Convert.ToHexStringLower(SHA256.HashData(content)));
        if (!File.Exists(copy))
        {
            var unfinished = $"{copy}.{Environment.CurrentManagedThreadId}";
            File.WriteAllBytes(unfinished, content);
            File.Move(unfinished, copy, overwrite: true);
        }

        return copy;
    }
}
