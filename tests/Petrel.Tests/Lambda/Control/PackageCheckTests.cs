using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using CsCheck;
using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Packages;

namespace Petrel.Tests.Lambda.Control;

/// <summary>Archives that somebody made to do harm, and honest ones with modes and links.</summary>
public sealed class PackageCheckTests : IDisposable
{
    private const string Broken = "Could not unzip uploaded file. Please check your file, then try to upload again.";

    private readonly string _folder = Directory.CreateTempSubdirectory("petrel-unpack-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, byte[], string> Harmful => new()
    {
        { "parent", Packages.Zip(("../evil.py", "x")), "The entry '../evil.py' leads out of the archive." },
        { "parent inside", Packages.Zip(("a/../../evil.py", "x")), "The entry 'a/../../evil.py' leads out of the archive." },
        { "absolute", Packages.Zip(("/etc/passwd", "x")), "The entry '/etc/passwd' has an absolute path." },
        { "root", Packages.Zip(("/", "")), "The entry '/' has an absolute path." },
        { "long part", Packages.Zip((new string('a', 256), "x")), $"The entry '{new string('a', 256)}' leads out of the archive." },
        { "absolute link", Links(("l", "/etc/passwd")), "The link 'l' leads out of the archive, to '/etc/passwd'." },
        { "link out", Links(("a/l", "../../x")), "The link 'a/l' leads out of the archive, to '../../x'." },
        { "link over link", Links(("p/q/x", "../../"), ("y", "p/q/x/../..")), "The link 'y' leads out of the archive, to 'p/q/x/../..'." },
        { "link loop", Links(("a", "b"), ("b", "a")), "The link 'a' leads out of the archive, to 'b'." },
        { "entry behind a link", Build(a => { Packages.AddLink(a, "l", "d"); Packages.Add(a, "l/x", "y"); }), "The entry 'l/x' lies behind a link." },
        { "device", Build(a => Packages.Add(a, "dev", "", 0x21FF)), "The entry 'dev' is neither a file nor a folder nor a link." },
        { "pipe", Build(a => Packages.Add(a, "fifo", "", 0x11FF)), "The entry 'fifo' is neither a file nor a folder nor a link." },
    };

    [Theory]
    [MemberData(nameof(Harmful))]
    public void Inspect_OfAHarmfulArchive_SaysWhatIsWrong(string what, byte[] package, string reason)
    {
        var error = Assert.Throws<InvalidParameterValueException>(() => ArchiveCheck.Inspect(package));
        Assert.True($"{Broken} {reason}" == error.Message, $"{what}: {error.Message}");
    }

    [Fact]
    public void Inspect_OfAnEncryptedArchive_IsRefused()
    {
        var package = Packages.Zip(("a", "x"));
        var central = package.AsSpan().IndexOf("PK\u0001\u0002"u8);
        package[central + 8] |= 1;
        Assert.Equal($"{Broken} The entry 'a' is encrypted.", Assert.Throws<InvalidParameterValueException>(() => ArchiveCheck.Inspect(package)).Message);
    }

    [Fact]
    public void Inspect_OfABomb_IsRefusedByItsUnpackedSize()
    {
        var package = Build(archive =>
        {
            using var content = archive.CreateEntry("zeros", CompressionLevel.SmallestSize).Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 251; i++)
            {
                content.Write(zeros);
            }
        });
        Assert.InRange(package.Length, 1, 1 << 20);
        var error = Assert.Throws<InvalidParameterValueException>(() => ArchiveCheck.Inspect(package));
        Assert.Equal("Unzipped size must be smaller than 262144000 bytes", error.Message);
    }

    [Fact]
    public void Unpack_OfAnArchiveThatUnderstatesItsSize_Stops()
    {
        var package = Packages.Zip(("a", new string('x', 10_000)));
        var central = package.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteInt32LittleEndian(package.AsSpan(central + 24), 10);
        ArchiveCheck.Inspect(package);
        Assert.ThrowsAny<InvalidDataException>(() => Unpacker.Unpack(package, _folder, default));
    }

    [Fact]
    public void Inspect_OfCutOrFlippedBytes_NeverFailsInAnotherWay() => Gen.Select(Gen.Int[0, 200], Gen.Byte, Gen.Int[0, 300]).Sample((at, flip, cut) =>
    {
        var package = Packages.Zip(("handler.py", "def handler(event, context): return event"), ("lib/x.py", "y"));
        package[at % package.Length] ^= flip;
        package = package[..^Math.Min(cut > 200 ? 0 : cut, package.Length - 1)];
        var folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.CreateVersion7().ToString())).FullName;
        try
        {
            ArchiveCheck.Inspect(package);
            Unpacker.Unpack(package, folder, default);
        }
        catch (Exception problem) when (problem is InvalidParameterValueException or InvalidDataException or IOException)
        {
            // Each of these becomes an error of the request, or the reason of a failed preparation.
        }
    });

    [Fact]
    public void Unpack_OfModesAndLinks_KeepsThem()
    {
        var package = Build(archive =>
        {
            Packages.Add(archive, "bootstrap", "#!/bin/sh", 0x81ED);
            Packages.Add(archive, "private.txt", "p", 0x8180);
            Packages.Add(archive, "plain.txt", "q", 0);
            Packages.Add(archive, "empty/", "", 0x41C0);
            Packages.Add(archive, "deep/er/file.txt", "r");
            Packages.AddLink(archive, "lib/link", "../deep/er/file.txt");
            Packages.AddLink(archive, "here", ".");
        });
        ArchiveCheck.Inspect(package);
        Unpacker.Unpack(package, _folder, default);

        Assert.Equal((UnixFileMode)0x1ED, File.GetUnixFileMode(In("bootstrap")));
        Assert.Equal((UnixFileMode)0x1A4, File.GetUnixFileMode(In("private.txt")));
        Assert.Equal((UnixFileMode)0x1A4, File.GetUnixFileMode(In("plain.txt")));
        Assert.True(Directory.Exists(In("empty")));
        Assert.Equal("../deep/er/file.txt", new FileInfo(In("lib/link")).LinkTarget);
        Assert.Equal("r", File.ReadAllText(In("lib/link")));
        Assert.Equal("r", File.ReadAllText(In("here/lib/link")));
    }

    [Fact]
    public void Unpack_OfASetUserIdFile_DropsTheBit()
    {
        Unpacker.Unpack(Build(a => Packages.Add(a, "tool", "x", 0x8000 | 0x9ED)), _folder, default);
        Assert.Equal((UnixFileMode)0x1ED, File.GetUnixFileMode(In("tool")));
    }

    [Fact]
    public void StaysInside_OfAnyLinks_AgreesWithTheKernel() => LinkTree.Sample(links =>
    {
        // A tree of real links: what the check lets through never resolves outside of the folder.
        var root = Directory.CreateDirectory(Path.Combine(_folder, Guid.CreateVersion7().ToString(), "root")).FullName;
        Directory.CreateDirectory(Path.Combine(root, "a/b/c"));
        var tree = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, target) in links)
        {
            tree[path] = target;
        }

        foreach (var (path, target) in tree)
        {
            File.CreateSymbolicLink(Path.Combine(root, path), target);
        }

        foreach (var (path, target) in tree)
        {
            if (LinkPath.StaysInside(path, target, tree))
            {
                var real = RealPath(Path.Combine(root, path));
                Assert.True(real is null || real == root || real.StartsWith(root + "/", StringComparison.Ordinal), $"{path} -> {target} is {real}");
            }
        }
    }, iter: 300);

    private static readonly Gen<(string, string)[]> LinkTree = Gen.Select(
        OneOf("l1", "a/l2", "a/b/l3", "a/b/c/l4"),
        OneOf("..", ".", "a", "b", "c", "l1", "l2", "l3", "l4", "../l1", "../..", "a/l2", "a/b").Array[1, 4].Select(parts => string.Join('/', parts)))
        .Array[1, 4];

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(at => values[at]);

    /// <summary>Where the kernel ends; null when it does not.</summary>
    private static string? RealPath(string path)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("realpath", ["-m", path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var real = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? real : null;
    }

    private static byte[] Build(Action<ZipArchive> fill) => Packages.Build(fill);

    private static byte[] Links(params (string Path, string Target)[] links) => Build(archive =>
    {
        foreach (var (path, target) in links)
        {
            Packages.AddLink(archive, path, target);
        }
    });

    private string In(string path) => Path.Combine(_folder, path);
}
