using System.IO.Compression;
using System.Text;

namespace Petrel.Bench.Load;

/// <summary>Packages of the functions that the rows call.</summary>
internal static class SampleFunction
{
    /// <summary>Answers hello, and prints nothing.</summary>
    public static byte[] NodeHello() => Zip("index.js", "exports.handler = async () => 'Hello from Petrel';\n");

    private static byte[] Zip(string name, string text)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry(name).Open();
            entry.Write(Encoding.UTF8.GetBytes(text));
        }

        return buffer.ToArray();
    }
}
