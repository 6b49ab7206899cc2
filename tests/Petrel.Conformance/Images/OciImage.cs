using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Petrel.Conformance.Images;

/// <summary>A container image made by hand, so that a test can also make one that no tool would make.</summary>
internal sealed class OciImage
{
    private static readonly Lazy<byte[]> Program = new(Compile);

    private static readonly string OfThisMachine = RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    private readonly List<byte[]> _layers = [];

    public string Architecture { get; init; } = OfThisMachine;

    public object Config { get; init; } = new { Entrypoint = new[] { "/app/main" }, Cmd = new[] { "from-image" }, Env = new[] { "GREETING=hello", "PATH=/app" }, WorkingDir = "/app" };

    /// <summary>One whose program answers what it sees, and which is of a version.</summary>
    public static OciImage Answering(string version, string? architecture = null) => new OciImage { Architecture = architecture ?? OfThisMachine }.With(tar =>
    {
        Add(tar, "app/main", Program.Value, executable: true);
        Add(tar, "app/version", Encoding.UTF8.GetBytes(version));
    });

    public OciImage With(Action<TarWriter> layer)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            layer(tar);
        }

        _layers.Add(bytes.ToArray());
        return this;
    }

    public static void Add(TarWriter tar, string path, byte[] content, bool executable = false) => tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path)
    {
        DataStream = new MemoryStream(content),
        Mode = executable ? (UnixFileMode)0b111_101_101 : (UnixFileMode)0b110_100_100,
    });

    public static void Link(TarWriter tar, string path, string target) => tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, path) { LinkName = target });

    /// <summary>The size of its last layer as it is transferred.</summary>
    public int LayerBytes => Pack(_layers[^1]).Length;

    /// <summary>Writes the image as a layout of which a tool can copy the tag <c>v</c>.</summary>
    public void WriteLayout(string folder)
    {
        var blobs = Path.Combine(folder, "blobs", "sha256");
        Directory.CreateDirectory(blobs);
        var layers = _layers.Select(layer => (Diff: layer, Packed: Pack(layer))).ToArray();
        var config = Blob(
            JsonSerializer.SerializeToUtf8Bytes(new
            {
                architecture = Architecture,
                os = "linux",
                config = Config,
                rootfs = new { type = "layers", diff_ids = layers.Select(l => DigestOf(l.Diff)) },
            }),
            "application/vnd.oci.image.config.v1+json");
        var manifest = Blob(
            JsonSerializer.SerializeToUtf8Bytes(new
            {
                schemaVersion = 2,
                mediaType = "application/vnd.oci.image.manifest.v1+json",
                config,
                layers = layers.Select(l => Blob(l.Packed, "application/vnd.oci.image.layer.v1.tar+gzip")).ToArray(),
            }),
            "application/vnd.oci.image.manifest.v1+json",
            "v");
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllBytes(Path.Combine(folder, "index.json"), JsonSerializer.SerializeToUtf8Bytes(new { schemaVersion = 2, manifests = new[] { manifest } }));

        Dictionary<string, object> Blob(byte[] content, string mediaType, string? tag = null)
        {
            var digest = DigestOf(content);
            File.WriteAllBytes(Path.Combine(blobs, digest["sha256:".Length..]), content);
            var descriptor = new Dictionary<string, object> { ["mediaType"] = mediaType, ["digest"] = digest, ["size"] = content.Length };
            if (tag is not null)
            {
                descriptor["annotations"] = new Dictionary<string, string> { ["org.opencontainers.image.ref.name"] = tag };
            }

            return descriptor;
        }
    }

    private static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private static byte[] Compile()
    {
        var target = Path.Combine(Path.GetTempPath(), "petrel-image-" + Guid.CreateVersion7().ToString("n"));
        using var compiler = Process.Start("cc", ["-O1", "-static", "-o", target, Path.Combine(AppContext.BaseDirectory, "native", "image.c")]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        var program = File.ReadAllBytes(target);
        File.Delete(target);
        return program;
    }
}
