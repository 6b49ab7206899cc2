using System.IO.Compression;
using Petrel.Packaging;

namespace Petrel.Bench.Load;

/// <summary>A function that the rows call: what it runs on, and its package.</summary>
internal sealed record SampleFunction(string Runtime, string Handler, byte[] Package)
{
    /// <summary>MemorySize of its deployments.</summary>
    public int MemoryMb { get; init; } = 256;

    /// <summary>Timeout of its deployments; null for the platform's own.</summary>
    public int? TimeoutSeconds { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Answers hello, and prints nothing.</summary>
    public const string NodeHelloCode = "exports.handler = async () => 'Hello from Petrel';\n";

    public static readonly SampleFunction NodeHello = new("nodejs20.x", "index.handler", Zip(new() { ["index.js"] = NodeHelloCode }));

    /// <summary>A package of some text files.</summary>
    public static byte[] Zip(Dictionary<string, string> files)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(text);
            }
        }

        return buffer.ToArray();
    }

    /// <summary>A package of a folder's files.</summary>
    public static byte[] ZipFolder(string folder) => ZipPackage.Create(folder);
}
