using System.IO.Compression;
using Petrel.Packaging;

namespace Petrel.Tests.Cli;

public sealed class ZipPackageTests : IDisposable
{
    private const UnixFileMode Program = (UnixFileMode)0b111_101_101;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly CliRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Create_Folder_TakesFilesButIgnoredOnes()
    {
        _run.Write("app.py", "x");
        _run.Write("lib/a.py", "y");
        _run.Write("lib/__pycache__/a.pyc", "z");
        _run.Write("notes.txt", "n");
        _run.Write(".petrelignore", "*.txt\n");
        Assert.Equal(["app.py", "lib/a.py"], Entries().Select(e => e.FullName));
    }

    [Fact]
    public void Create_Modes_AreKeptAndReadableByAll()
    {
        _run.Write("bootstrap", "#!/bin/sh", Program);
        _run.Write("secret", "x", Private);
        var modes = Entries().ToDictionary(e => e.FullName, e => (e.ExternalAttributes >> 16) & 0x1FF);
        Assert.Equal(0b111_101_101, modes["bootstrap"]);
        Assert.Equal(0b110_100_100, modes["secret"]);
    }

    [Fact]
    public void Create_SameFilesAtAnotherTime_GivesTheSameBytes()
    {
        var path = _run.Write("app.py", "x");
        var first = ZipPackage.Create(_run.Folder);
        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(first, ZipPackage.Create(_run.Folder));
    }

    [Fact]
    public void Create_LinkInside_StaysALink()
    {
        _run.Write("lib/a.py", "x");
        File.CreateSymbolicLink(Path.Combine(_run.Folder, "b.py"), "lib/a.py");
        var link = Entries().Single(e => e.FullName == "b.py");
        Assert.Equal(0xA000, (link.ExternalAttributes >> 16) & 0xF000);
        using var content = new StreamReader(link.Open());
        Assert.Equal("lib/a.py", content.ReadToEnd());
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    public void Create_LinkOutside_IsRefusedByName(string target)
    {
        File.CreateSymbolicLink(Path.Combine(_run.Folder, "bad"), target);
        Assert.StartsWith($"bad is a link to {target}", Assert.Throws<CliException>(() => ZipPackage.Create(_run.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fingerprint_AnythingThatMatters_ChangesIt()
    {
        var path = _run.Write("app.py", "x");
        var first = ZipPackage.Fingerprint(_run.Folder);
        Assert.Equal(first, ZipPackage.Fingerprint(_run.Folder));
        Assert.NotEqual(first, ZipPackage.Fingerprint(_run.Folder, "python3.12"));
        File.SetUnixFileMode(path, Program);
        var executable = ZipPackage.Fingerprint(_run.Folder);
        Assert.NotEqual(first, executable);
        _run.Write("app.py", "y");
        Assert.NotEqual(executable, ZipPackage.Fingerprint(_run.Folder));
    }

    private List<ZipArchiveEntry> Entries() => [.. new ZipArchive(new MemoryStream(ZipPackage.Create(_run.Folder))).Entries];
}
