using System.IO.Compression;
using System.Text.Json;
using Petrel.Functions;

namespace Petrel.Server.Services.Lambda.Images;

/// <summary>An image as a folder of blobs, each named by its digest (the layout of the Open Container Initiative).</summary>
internal sealed class ImageLayout(string folder)
{
    public const string Tag = "petrel";

    /// <summary>What the image says of how it is run.</summary>
    public string ConfigPath => PathOf(Manifest().GetProperty("config"));

    /// <summary>
    /// Reads every layer to its end before one is unpacked: what a small file may grow to is known only then.
    /// </summary>
    /// <exception cref="FunctionStartException">They are too large, or in a format that is not read here.</exception>
    public void RequireSize(long maxBytes)
    {
        var left = maxBytes;
        foreach (var layer in Manifest().GetProperty("layers").EnumerateArray())
        {
            var type = layer.GetProperty("mediaType").GetString()!;
            using var file = File.OpenRead(PathOf(layer));
            using var content = type.EndsWith("gzip", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress)
                : type.EndsWith("tar", StringComparison.Ordinal) ? (Stream)file
                : throw new FunctionStartException("InvalidImage", $"A layer has the format {type}; tar and gzip are read.");
            left -= Count(content, left);
        }
    }

    private static long Count(Stream content, long left)
    {
        var buffer = new byte[1 << 16];
        var bytes = 0L;
        for (int count; (count = content.Read(buffer)) > 0;)
        {
            bytes += count;
            if (bytes > left)
            {
                throw new FunctionStartException("InvalidImage", "The image is larger than images.maxMb allows.");
            }
        }

        return bytes;
    }

    private JsonElement Manifest()
    {
        var index = Read(Path.Combine(folder, "index.json"));
        var manifests = index.GetProperty("manifests");
        return manifests.GetArrayLength() == 1
            ? Read(PathOf(manifests[0]))
            : throw new FunctionStartException("InvalidImage", "The archive holds another number of images than one.");
    }

    /// <summary>The blob of a descriptor. Its digest was checked when it was copied here; here, that it names no other place.</summary>
    private string PathOf(JsonElement descriptor)
    {
        var digest = descriptor.GetProperty("digest").GetString()!;
        return digest.Length == 71 && digest.StartsWith("sha256:", StringComparison.Ordinal) && digest[7..].All(char.IsAsciiHexDigitLower)
            ? Path.Combine(folder, "blobs", "sha256", digest[7..])
            : throw new FunctionStartException("InvalidImage", $"The digest {digest} is not one.");
    }

    private static JsonElement Read(string file)
    {
        using var stream = File.OpenRead(file);
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
