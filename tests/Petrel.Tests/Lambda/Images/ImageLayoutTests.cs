using System.IO.Compression;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Images;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Tests.Lambda.Images;

/// <summary>Images that somebody made by hand.</summary>
public sealed class ImageLayoutTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("petrel-layout-").FullName;

    [Fact]
    public void RequireSize_OfALayerThatGrowsTooLarge_Fails()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(new byte[1 << 20]);
        }

        var layout = Layout(packed.ToArray(), "application/vnd.oci.image.layer.v1.tar+gzip");
        layout.RequireSize(1 << 20);
        Assert.Contains("larger", Assert.Throws<FunctionStartException>(() => layout.RequireSize((1 << 20) - 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RequireSize_OfAnUnknownFormat_NamesIt() => Assert.Contains(
        "tar+zstd",
        Assert.Throws<FunctionStartException>(() => Layout([1], "application/vnd.oci.image.layer.v1.tar+zstd").RequireSize(10)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Layout_WhoseDigestIsAPath_IsRefused()
    {
        File.WriteAllText(Path.Combine(_folder, "index.json"), """{"manifests":[{"digest":"sha256:../../../../../../../../../../../../../../../../../../../../../etc/passwd"}]}""");
        Assert.Throws<FunctionStartException>(() => new ImageLayout(_folder).ConfigPath);
    }

    [Fact]
    public void ToSpec_OfAnImageWithOverrides_TakesWhatContainerEnginesTake()
    {
        File.WriteAllText(
            Path.Combine(_folder, ImageConfigFile.Name),
            """{"os":"linux","architecture":"amd64","config":{"Entrypoint":["/e"],"Cmd":["c"],"Env":["A=1","B=x=y","broken"],"WorkingDir":""}}""");
        Assert.Equal(["/e", "c"], Command(new ImageRecord("u")));
        Assert.Equal(["/e", "d"], Command(new ImageRecord("u", Command: ["d"])));
        Assert.Equal(["/f"], Command(new ImageRecord("u", EntryPoint: ["/f"])));
        Assert.Equal(["/f", "d"], Command(new ImageRecord("u", EntryPoint: ["/f"], Command: ["d"])));
        var spec = ImageConfigFile.ToSpec(_folder, new ImageRecord("u"));
        Assert.Equal("/", spec.WorkingDirectory);
        Assert.Equal([("A", "1"), ("B", "x=y")], spec.Environment.Select(v => (v.Key, v.Value)).Order());
    }

    [Fact]
    public void ToSpec_OfAnImageThatSaysNothing_HasNoCommand()
    {
        File.WriteAllText(Path.Combine(_folder, ImageConfigFile.Name), """{"os":"linux","architecture":"amd64"}""");
        Assert.Empty(Command(new ImageRecord("u")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IReadOnlyList<string> Command(ImageRecord overrides) => ImageConfigFile.ToSpec(_folder, overrides).Command;

    private ImageLayout Layout(byte[] layer, string type)
    {
        var (config, manifest, content) = (new string('a', 64), new string('b', 64), new string('c', 64));
        var blobs = Directory.CreateDirectory(Path.Combine(_folder, "blobs", "sha256")).FullName;
        File.WriteAllText(Path.Combine(_folder, "index.json"), $$"""{"manifests":[{"digest":"sha256:{{manifest}}"}]}""");
        File.WriteAllText(
            Path.Combine(blobs, manifest),
            $$"""{"config":{"digest":"sha256:{{config}}"},"layers":[{"digest":"sha256:{{content}}","mediaType":"{{type}}"}]}""");
        File.WriteAllBytes(Path.Combine(blobs, content), layer);
        return new ImageLayout(_folder);
    }
}
