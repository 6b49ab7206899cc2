using System.Diagnostics;

namespace Petrel.Tests.Cli;

/// <summary>The launcher in a tree of its own, with a stand-in for dotnet that counts its builds and, as the real one, leaves servers behind.</summary>
public sealed class LauncherTests : IDisposable
{
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    private const string FakeDotnet = """
        #!/bin/bash
        [[ $1 == --list-sdks ]] && { cat "$(dirname "$0")/../sdks"; exit; }
        echo build >> "$(dirname "$0")/../builds"
        [[ -e $(dirname "$0")/../broken ]] && { echo "X.cs(1,1): error CS0001: it is broken"; exit 1; }
        sleep 30 >/dev/null 2>&1 &
        echo $! >> "$(dirname "$0")/../servers"
        while [[ $1 != -o ]]; do shift; done
        mkdir -p "$2"
        printf '#!/bin/bash\necho "ran: $*"\n' > "$2/petrel"
        chmod +x "$2/petrel"
        """;

    private readonly CliRun _run = new();

    public LauncherTests()
    {
        _run.Write("tree/petrel", File.ReadAllText(Path.Combine(SourceRoot, "petrel")), Executable);
        _run.Write("tree/src/Petrel/Program.cs", "return 0;");
        _run.Write("bin/dotnet", FakeDotnet, Executable);
        _run.Write("sdks", "10.0.100 [/sdk]\n");
        _run.Write("servers", "");
    }

    internal static string SourceRoot { get; } = FindRoot();

    public void Dispose()
    {
        foreach (var server in File.ReadAllLines(Path.Combine(_run.Folder, "servers")))
        {
            Petrel.Daemon.Signals.Terminate(int.Parse(server));
        }

        _run.Dispose();
    }

    [Fact]
    public async Task Launch_NothingChanged_BuildsOnce()
    {
        Assert.Equal((0, "ran: a b"), await LaunchAsync("a", "b"));
        Assert.Equal((0, "ran: c"), await LaunchAsync("c"));
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task Launch_SourceChangedAddedOrRemoved_BuildsAgain()
    {
        await LaunchAsync();
        File.SetLastWriteTimeUtc(Path.Combine(_run.Folder, "tree/src/Petrel/Program.cs"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await LaunchAsync();
        Assert.Equal(2, Builds);
        var added = _run.Write("tree/src/Petrel/New.cs", "");
        await LaunchAsync();
        Assert.Equal(3, Builds);
        File.Delete(added);
        await LaunchAsync();
        Assert.Equal(4, Builds);
    }

    [Fact]
    public async Task Launch_BuildOutputChanged_DoesNotBuildAgain()
    {
        await LaunchAsync();
        _run.Write("tree/src/Petrel/obj/x.json", "");
        _run.Write("tree/src/Petrel/bin/x.dll", "");
        await LaunchAsync();
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task Launch_TwoAtOnce_BuildOnce()
    {
        var both = await Task.WhenAll(LaunchAsync(), LaunchAsync());
        Assert.All(both, one => Assert.Equal(0, one.ExitCode));
        Assert.Equal(1, Builds);
    }

    [Fact]
    public async Task Launch_ThroughALink_FindsItsTree()
    {
        File.CreateSymbolicLink(Path.Combine(_run.Folder, "link"), "tree/petrel");
        Assert.Equal((0, "ran: x"), await LaunchAsync(Path.Combine(_run.Folder, "link"), ["x"]));
    }

    [Fact]
    public async Task Launch_BuildFails_ShowsItsErrors()
    {
        _run.Write("broken", "");
        var (code, output) = await LaunchAsync();
        Assert.Equal(1, code);
        Assert.Contains("error CS0001: it is broken", output, StringComparison.Ordinal);
        Assert.Contains("build.log", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Launch_NoSuitableSdk_SaysWhatToInstall()
    {
        _run.Write("sdks", "8.0.100 [/sdk]\n");
        var (code, output) = await LaunchAsync();
        Assert.Equal(1, code);
        Assert.Contains("needs the .NET 10 SDK", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Launch_OldBuilds_AreRemovedButTheLastThree()
    {
        for (var i = 0; i < 5; i++)
        {
            _run.Write("tree/src/Petrel/Program.cs", $"return {i};");
            await LaunchAsync();
        }

        Assert.Equal(3, Directory.GetDirectories(Path.Combine(_run.Folder, "tree/artifacts/builds")).Length);
        Assert.Equal((0, "ran: x"), await LaunchAsync("x"));
    }

    private int Builds => File.ReadAllLines(Path.Combine(_run.Folder, "builds")).Length;

    private Task<(int ExitCode, string Output)> LaunchAsync(params string[] arguments) => LaunchAsync(Path.Combine(_run.Folder, "tree/petrel"), arguments);

    private async Task<(int ExitCode, string Output)> LaunchAsync(string launcher, string[] arguments)
    {
        var start = new ProcessStartInfo(launcher, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_run.Folder}/bin:/usr/bin:/bin";
        start.Environment.Remove("DOTNET_ROOT");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, (await output + await error).Trim());
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Petrel.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
