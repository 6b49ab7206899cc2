using System.Security.Cryptography;
using System.Text;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>
/// Makes one folder of several layers, later ones over earlier ones. Its files are hard links where the file system allows it, its name is
/// that of its parts, so it is made once and shared by all functions with the same layers.
/// </summary>
internal sealed class LayerMerge
{
    private const string Unfinished = ".new";
    private readonly string _directory;
    private readonly Lock _lock = new();

    /// <summary>Removes what a killed daemon has left half made.</summary>
    public LayerMerge(string directory)
    {
        _directory = directory;
        foreach (var left in Directory.Exists(directory) ? Directory.GetDirectories(directory, "*" + Unfinished) : [])
        {
            Directory.Delete(left, recursive: true);
        }
    }

    public string? Merge(IReadOnlyList<string> layers)
    {
        if (layers.Count < 2)
        {
            return layers.Count == 0 ? null : layers[0];
        }

        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', layers))));
        var merged = Path.Combine(_directory, name);
        lock (_lock)
        {
            if (!Directory.Exists(merged))
            {
                var unfinished = merged + Unfinished;
                if (Directory.Exists(unfinished))
                {
                    Directory.Delete(unfinished, recursive: true);
                }

                foreach (var layer in layers)
                {
                    Overlay(new DirectoryInfo(layer), unfinished);
                }

                Directory.Move(unfinished, merged);
            }
        }

        return merged;
    }

    private static void Overlay(DirectoryInfo from, string to)
    {
        Replace(to, isDirectory: true);
        Directory.CreateDirectory(to);
        foreach (var entry in from.EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link)
            {
                Replace(target, isDirectory: false);
                File.CreateSymbolicLink(target, link);
            }
            else if (entry is DirectoryInfo directory)
            {
                Overlay(directory, target);
            }
            else
            {
                Replace(target, isDirectory: false);
                LinkOrCopy(entry.FullName, target);
            }
        }
    }

    /// <summary>Takes away what stands in the place of something of another kind, or of an earlier layer's file.</summary>
    private static void Replace(string path, bool isDirectory)
    {
        var present = new FileInfo(path);
        if (present.Exists || present.LinkTarget is not null)
        {
            present.Delete();
        }
        else if (!isDirectory && Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static void LinkOrCopy(string from, string to)
    {
        if (Native.Libc.HardLink(from, to) != 0)
        {
            File.Copy(from, to);
        }
    }
}
