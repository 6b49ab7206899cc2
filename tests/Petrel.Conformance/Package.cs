using System.IO.Compression;
using System.Text;

namespace Petrel.Conformance;

/// <summary>Packages of functions, made in memory.</summary>
internal static class Package
{
    public static byte[] Zip(params IEnumerable<(string Name, string Text)> files)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                using var file = zip.CreateEntry(name).Open();
                file.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return memory.ToArray();
    }

    /// <summary>Files, and a folder below a prefix.</summary>
    public static byte[] Zip(string folder, string prefix, params IEnumerable<(string Name, string Text)> files)
    {
        using var memory = new MemoryStream();
        memory.Write(Zip(files));
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Update, leaveOpen: true))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                zip.CreateEntryFromFile(file, prefix + Path.GetRelativePath(folder, file));
            }
        }

        return memory.ToArray();
    }

    public static byte[] Python(string code) => Zip(("app.py", code));

    public static byte[] Node(string code) => Zip(("index.js", code));
}
