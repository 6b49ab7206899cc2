using System.IO.Compression;

namespace Petrel.Tests.Lambda.Control;

/// <summary>Makes packages for functions and layers.</summary>
internal static class Packages
{
    private const int LinkType = 0xA000;

    public static byte[] Zip(params (string Path, string Content)[] files) => Build(archive =>
    {
        foreach (var (path, content) in files)
        {
            Add(archive, path, content);
        }
    });

    /// <summary>A package of one file with the content.</summary>
    public static byte[] Code(string content = "def handler(event, context): return event") => Zip(("handler.py", content));

    public static byte[] Build(Action<ZipArchive> fill)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            fill(archive);
        }

        return stream.ToArray();
    }

    public static ZipArchiveEntry Add(ZipArchive archive, string path, string content, int unixMode = 0x81A4)
    {
        var entry = archive.CreateEntry(path);
        entry.ExternalAttributes = unixMode << 16;
        using var writer = new StreamWriter(entry.Open());
        writer.Write(content);
        return entry;
    }

    public static void AddLink(ZipArchive archive, string path, string target) => Add(archive, path, target, LinkType | 0x1FF);
}
