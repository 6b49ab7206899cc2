using System.IO.Compression;
using System.Text;

namespace Petrel.Bench.Load;

/// <summary>A function that the rows call.</summary>
internal sealed record SampleFunction(string Runtime, string Handler, byte[] Package)
{
    /// <summary>Answers hello, and prints nothing.</summary>
    public const string NodeHelloCode = "exports.handler = async () => 'Hello from Petrel';\n";

    public static readonly SampleFunction NodeHello = new("nodejs20.x", "index.handler", Zip("index.js", NodeHelloCode));

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
