using System.IO.Compression;
using System.Text;
using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Server.Services.Lambda.Packages;

/// <summary>
/// Decides from an archive's directory whether it may be unpacked: nothing outside of its own folder, no links that lead out, no
/// encrypted or special entries, and no more files and bytes than a function may have.
/// </summary>
internal static class ArchiveCheck
{
    private const string Broken = "Could not unzip uploaded file. Please check your file, then try to upload again.";
    private const int MaxPathBytes = 4_000;
    private const int MaxPartBytes = 255;
    private const int MaxLinkBytes = 4_000;

    /// <summary>Checks an archive and returns how many bytes it unpacks to.</summary>
    /// <exception cref="InvalidParameterValueException">It may not be unpacked.</exception>
    public static long Inspect(byte[] package)
    {
        if (package.Length == 0)
        {
            throw new InvalidParameterValueException("Uploaded file must be a non-empty zip");
        }

        using var archive = Open(package);
        var unpackedBytes = 0L;
        var links = new Dictionary<string, string>(StringComparer.Ordinal);
        var paths = new List<string>(archive.Entries.Count);
        foreach (var source in archive.Entries)
        {
            var entry = ArchiveEntry.Of(source);
            CheckEntry(entry);
            paths.Add(entry.Path);
            unpackedBytes += source.Length;
            if (unpackedBytes >= Limits.UnzippedBytes)
            {
                throw new InvalidParameterValueException($"Unzipped size must be smaller than {Limits.UnzippedBytes} bytes");
            }

            if (entry.Kind == ArchiveEntryKind.Link)
            {
                links[entry.Path] = ReadTarget(entry);
            }
        }

        CheckLinks(links, paths);
        return unpackedBytes;
    }

    /// <exception cref="InvalidParameterValueException">It is no archive, an empty one, or one with too many entries.</exception>
    public static ZipArchive Open(byte[] package)
    {
        try
        {
            var archive = new ZipArchive(new MemoryStream(package, writable: false), ZipArchiveMode.Read);
            return archive.Entries.Count switch
            {
                0 => throw new InvalidParameterValueException("Uploaded file must be a non-empty zip"),
                > Limits.PackageEntries => throw Refused($"The archive has more than {Limits.PackageEntries} entries."),
                _ => archive,
            };
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException or ArgumentException or NotSupportedException)
        {
            throw new InvalidParameterValueException(Broken);
        }
    }

    /// <summary>The text of a link: where it leads.</summary>
    public static string ReadTarget(ArchiveEntry link)
    {
        if (link.Source.Length is 0 or > MaxLinkBytes)
        {
            throw Refused($"The link '{link.Path}' has no valid target.");
        }

        try
        {
            using var reader = new StreamReader(link.Source.Open(), new UTF8Encoding(false, throwOnInvalidBytes: true));
            var target = new char[MaxLinkBytes + 1];
            var length = reader.ReadBlock(target);
            return length > MaxLinkBytes || target.AsSpan(0, length).Contains('\0')
                ? throw Refused($"The link '{link.Path}' has no valid target.")
                : new string(target, 0, length);
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException or DecoderFallbackException)
        {
            throw new InvalidParameterValueException(Broken);
        }
    }

    private static void CheckEntry(ArchiveEntry entry)
    {
        if (entry.Source.IsEncrypted)
        {
            throw Refused($"The entry '{entry.Path}' is encrypted.");
        }

        if (entry.Kind == ArchiveEntryKind.Other)
        {
            throw Refused($"The entry '{entry.Path}' is neither a file nor a folder nor a link.");
        }

        if (entry.Source.FullName.StartsWith('/') || entry.Path.Length == 0)
        {
            throw Refused($"The entry '{entry.Source.FullName}' has an absolute path.");
        }

        if (entry.Path.Contains('\0') || Encoding.UTF8.GetByteCount(entry.Path) > MaxPathBytes)
        {
            throw Refused("The name of an entry is not valid.");
        }

        foreach (var range in entry.Path.AsSpan().Split('/'))
        {
            var part = entry.Path.AsSpan()[range];
            if (part is ".." || Encoding.UTF8.GetByteCount(part) > MaxPartBytes)
            {
                throw Refused($"The entry '{entry.Path}' leads out of the archive.");
            }
        }
    }

    private static void CheckLinks(Dictionary<string, string> links, List<string> paths)
    {
        if (links.Count == 0)
        {
            return;
        }

        foreach (var (path, target) in links)
        {
            if (!LinkPath.StaysInside(path, target, links))
            {
                throw Refused($"The link '{path}' leads out of the archive, to '{target}'.");
            }
        }

        foreach (var path in paths)
        {
            for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
            {
                if (links.ContainsKey(LinkPath.Normalize(path[..slash])))
                {
                    throw Refused($"The entry '{path}' lies behind a link.");
                }
            }
        }
    }

    private static InvalidParameterValueException Refused(string reason) => new($"{Broken} {reason}");
}
