using Petrel.Functions;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Runtimes.Catalogue;

namespace Petrel.Functions.Tests.Runtimes.Catalogue;

/// <summary>Which identifiers run on what.</summary>
public sealed class CatalogueTests
{
    [Theory]
    [InlineData("python3.12", "3.11.2 3.12.1", "3.12.1", true)]
    [InlineData("python3.14", "3.11.2 3.13.0", "3.13.0", false)]
    [InlineData("python3.12", "3.11.2 3.13.0", "3.13.0", false)]
    [InlineData("python3.8", "3.11.2 3.13.0", "3.11.2", false)]
    [InlineData("nodejs24.x", "20.20.2", "20.20.2", false)]
    [InlineData("nodejs20.x", "18.1.0 20.20.2", "20.20.2", true)]
    [InlineData("ruby3.3", "3.1.2 3.3.1", "3.3.1", true)]
    [InlineData("ruby3.2", "3.1.2 3.4.1", "3.1.2", false)]
    [InlineData("java21", "17.0.15 25.0.1", "25.0.1", false)]
    [InlineData("java21", "17.0.15 31.0.1", "31.0.1", false)]
    [InlineData("java11", "17.0.15 25.0.1", "17.0.15", false)]
    [InlineData("dotnet8", "10.0.1", "10.0.1", false)]
    [InlineData("dotnet10", "8.0.2 10.0.1", "10.0.1", true)]
    public void Find_Versions_TheNearestRuns(string identifier, string installed, string expected, bool exact)
    {
        var family = identifier.TrimEnd("0123456789.x".ToCharArray());
        var catalogue = CatalogueBuilder.Build([.. installed.Split(' ').Select(v => new InstalledProgram(family, $"/opt/{v}/bin/x", Version.Parse(v)))]);
        var runtime = catalogue.Find(identifier)!;
        Assert.Equal((expected, exact, $"/opt/{expected}/bin/x"), (runtime.InstalledVersion, runtime.Exact, runtime.Program));
        Assert.Equal(exact, runtime.Problem is null);
    }

    [Fact]
    public void Find_NothingInstalled_SaysHowToChangeThat()
    {
        var catalogue = CatalogueBuilder.Build([]);
        Assert.All(["python3.12", "nodejs22.x", "dotnet8"], i => Assert.False(catalogue.Find(i)!.Available));
        Assert.Equal("Node.js is not installed. To add it: npm install --prefix DATA/runtimes/nodejs22 node@22", catalogue.Find("nodejs22.x")!.Problem);
        Assert.Equal(
            "Java is not installed. To add it: sudo apt-get install default-jdk-headless (Java 17 or newer), or put a JDK at DATA/runtimes/java21",
            catalogue.Find("java21")!.Problem);
        Assert.Equal("Java is not installed. Every Java from 17 on runs it: sudo apt-get install default-jdk-headless", catalogue.Find("java11")!.Problem);
        Assert.True(catalogue.Find("provided.al2023")!.Available);
        Assert.Null(catalogue.Find("cobol85"));
    }

    [Fact]
    public void Find_FurtherFolder_ComesBeforeTheSystem()
    {
        var folder = Directory.CreateTempSubdirectory("petrel-further-");
        var program = Path.Combine(folder.CreateSubdirectory("nodejs20/node_modules/node/bin").FullName, "node");
        File.WriteAllText(program, "#!/bin/sh\necho v20.99.1\n");
        File.SetUnixFileMode(program, (UnixFileMode)0x1ed);
        var cache = Path.Combine(folder.FullName, "versions.json");
        var options = new RuntimeOptions { Further = [folder.FullName], Home = null, VersionCache = cache };
        Assert.Equal((program, "20.99.1"), Node(options));

        // Told once: the program is not asked again as long as it is the same file.
        var written = File.GetLastWriteTimeUtc(program);
        File.WriteAllText(program, "#!/bin/sh\necho v20.99.2\n");
        File.SetLastWriteTimeUtc(program, written);
        Assert.Equal((program, "20.99.1"), Node(options));
        File.SetLastWriteTimeUtc(program, written.AddSeconds(1));
        Assert.Equal((program, "20.99.2"), Node(options));

        // One that does not run is none.
        File.WriteAllText(program, "no program");
        Assert.NotEqual(program, Node(options).Program);
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("/usr/bin/node", null)]
    [InlineData("/root/.pyenv/versions/3.12.1/bin/python3", "/root/.pyenv/versions/3.12.1")]
    public void Prefix_OfAProgram_IsWhatTheSandboxMustShow(string path, string? prefix) =>
        Assert.Equal(prefix, new InstalledProgram("x", path, new Version(1, 0)).Prefix);

    private static (string? Program, string? Version) Node(RuntimeOptions options)
    {
        var runtime = RuntimeProvider.Discover(options).Find("nodejs20.x")!;
        return (runtime.Program, runtime.InstalledVersion);
    }
}
