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

    public static byte[] Python(string code) => Zip(("app.py", code));

    public static byte[] Node(string code) => Zip(("index.js", code));
}
