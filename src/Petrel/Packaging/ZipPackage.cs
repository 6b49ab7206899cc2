using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Petrel.Packaging;

/// <summary>A function's code as a zip archive. The same files give the same bytes, so that an unchanged function is seen as unchanged.</summary>
internal static class ZipPackage
{
    private const int RegularFile = 0x8000;
    private const int SymbolicLink = 0xA000;
    private const int LinkMode = 0x1FF;

    /// <summary>The first time that a zip archive can say.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Zips what <see cref="Files"/> lists, or one file. Modes are kept, links stay links.</summary>
    public static byte[] Create(string folder, string? onlyFile = null)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in onlyFile is null ? Files(folder) : [onlyFile])
            {
                Add(archive, Path.Combine(folder, file), file);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>The files of a package below its folder, with slashes, in a fixed order.</summary>
    /// <exception cref="CliException">A link leads out of the folder.</exception>
    public static IReadOnlyList<string> Files(string folder)
    {
        var rules = IgnoreRules.Of(folder);
        var files = new List<string>();
        Collect(folder, "", rules, files);
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>What tells two states of a folder apart: names, modes and contents of all files of the package.</summary>
    public static string Fingerprint(string folder, string salt = "", string? onlyFile = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(salt));
        foreach (var file in onlyFile is null ? Files(folder) : [onlyFile])
        {
            var path = new FileInfo(Path.Combine(folder, file));
            var content = path.LinkTarget is { } target ? Encoding.UTF8.GetBytes(target) : File.ReadAllBytes(path.FullName);
            hash.AppendData(Encoding.UTF8.GetBytes($"{file}\n{(int)path.UnixFileMode} {content.Length}\n"));
            hash.AppendData(content);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Collect(string folder, string prefix, IgnoreRules rules, List<string> files)
    {
        foreach (var entry in new DirectoryInfo(Path.Combine(folder, prefix)).EnumerateFileSystemInfos())
        {
            var path = prefix + entry.Name;
            var isFolder = entry is DirectoryInfo && entry.LinkTarget is null;
            if (rules.Ignores(path, entry is DirectoryInfo))
            {
                continue;
            }

            if (isFolder)
            {
                Collect(folder, path + "/", rules, files);
                continue;
            }

            if (entry.LinkTarget is { } target)
            {
                CheckLink(folder, path, target);
            }

            files.Add(path);
        }
    }

    /// <summary>The platform refuses an archive whose links lead out of it; that is better said here, with the file's name.</summary>
    private static void CheckLink(string folder, string path, string target)
    {
        var root = Path.GetFullPath(folder) + "/";
        var full = Path.GetFullPath(target, Path.GetDirectoryName(root + path)!);
        if (Path.IsPathRooted(target) || !full.StartsWith(root, StringComparison.Ordinal))
        {
            throw new CliException(
                $"{path} is a link to {target}, which lies outside of the function's folder",
                $"copy the file into the folder, or leave the link out with a line in {IgnoreRules.FileName}");
        }
    }

    private static void Add(ZipArchive archive, string path, string name)
    {
        var info = new FileInfo(path);
        var entry = archive.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = Epoch;
        if (info.LinkTarget is { } target)
        {
            entry.ExternalAttributes = (SymbolicLink | LinkMode) << 16;
            using var link = entry.Open();
            link.Write(Encoding.UTF8.GetBytes(target));
            return;
        }

        // Everybody may read: inside the sandbox another user looks at the files than the one who made them.
        var mode = info.UnixFileMode | UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        entry.ExternalAttributes = (RegularFile | (int)mode) << 16;
        using var source = info.OpenRead();
        using var content = entry.Open();
        source.CopyTo(content);
    }
}
