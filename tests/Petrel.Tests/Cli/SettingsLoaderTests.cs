using Petrel.Server.Settings;

namespace Petrel.Tests.Cli;

public sealed class SettingsLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("petrel-settings-").FullName;
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal) { ["HOME"] = "/home/somebody" };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_NothingGiven_TakesDefaults()
    {
        var settings = Load();
        Assert.Equal(4566, settings.Options.Edge.Port);
        Assert.Equal("/home/somebody/.petrel", settings.Options.Storage.Data);
        Assert.All(settings.Values, v => Assert.Equal("default", v.Source));
    }

    [Fact]
    public void Load_AllSourcesGiven_LaterOnesWin()
    {
        WriteFile("""{ "edge": { "port": 1, "clockSkewSeconds": 10 }, "functions": { "keepAliveSeconds": 7 } }""");
        _environment["PETREL_EDGE_PORT"] = "2";
        _environment["PETREL_EDGE_CLOCK_SKEW_SECONDS"] = "20";
        var settings = Load(("edge.port", "3", "--port"));
        Assert.Equal(3, settings.Options.Edge.Port);
        Assert.Equal(20, settings.Options.Edge.ClockSkewSeconds);
        Assert.Equal(7, settings.Options.Functions.KeepAliveSeconds);
        Assert.Equal("--port", Source(settings, "edge.port"));
        Assert.Equal("PETREL_EDGE_CLOCK_SKEW_SECONDS", Source(settings, "edge.clockSkewSeconds"));
        Assert.Equal(Path.Combine(_folder, "petrel.json"), Source(settings, "functions.keepAliveSeconds"));
    }

    [Fact]
    public void Load_ShortAndFullVariable_FullOneWins()
    {
        _environment["PETREL_PORT"] = "5";
        Assert.Equal(5, Load().Options.Edge.Port);
        _environment["PETREL_EDGE_PORT"] = "6";
        Assert.Equal(6, Load().Options.Edge.Port);
    }

    [Fact]
    public void Load_RelativeDataFolder_IsMadeAbsolute()
    {
        _environment["PETREL_DATA"] = "here";
        Assert.Equal(Path.Combine(_folder, "here"), Load().Options.Storage.Data);
    }

    [Fact]
    public void Load_CommentsAndTrailingCommas_AreAccepted()
    {
        WriteFile("""
            {
              // the port of the tests
              "edge": { "port": 9, },
            }
            """);
        Assert.Equal(9, Load().Options.Edge.Port);
    }

    [Theory]
    [InlineData("""{ "egde": { "port": 1 } }""", "egde", null)]
    [InlineData("""{ "edge": { "prot": 1 } }""", "edge.prot", "edge.port")]
    [InlineData("""{ "edge.port": 1, "storage": { "dtaa": "x" } }""", "storage.dtaa", "storage.data")]
    public void Load_UnknownKey_IsNamedWithTheNearest(string json, string key, string? nearest)
    {
        WriteFile(json);
        var problem = Assert.Single(Assert.Throws<SettingsException>(() => Load()).Problems);
        Assert.StartsWith($"{key} ({_folder}/petrel.json): no setting has this name", problem, StringComparison.Ordinal);
        if (nearest is not null)
        {
            Assert.EndsWith($"did you mean {nearest}?", problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Load_UnknownVariable_IsNamedWithTheNearest()
    {
        _environment["PETREL_EDGE_PROT"] = "1";
        _environment["PETREL_TEST_ANYTHING"] = "1";
        _environment["PETREL_LAUNCHER"] = "/x";
        Assert.Equal(
            "PETREL_EDGE_PROT: no setting has this name; did you mean PETREL_EDGE_PORT?",
            Assert.Single(Assert.Throws<SettingsException>(() => Load()).Problems));
    }

    [Theory]
    [InlineData("edge.port", "70000", "70000 is not between 0 and 65535")]
    [InlineData("edge.port", "many", "many is not a whole number")]
    [InlineData("edge.account", "12", "12 is not an account number: 12 digits")]
    [InlineData("storage.engine", "sqlite", "sqlite is none of rocksdb, postgres, memory")]
    [InlineData("telemetry.otlpEndpoint", "here", "here is not an absolute URL")]
    public void Load_BadValue_IsNamedWithKeyAndSource(string key, string text, string reason) => Assert.Equal(
        $"{key} (--set): {reason}",
        Assert.Single(Assert.Throws<SettingsException>(() => Load((key, text, "--set"))).Problems));

    [Fact]
    public void Load_ManyProblems_AreToldAtOnce()
    {
        WriteFile("""{ "edge": { "port": -1, "bind": "nowhere" }, "storage": { "engine": "postgres" }, "x": 1 }""");
        var problems = Assert.Throws<SettingsException>(() => Load()).Problems;
        Assert.Equal(4, problems.Count);
        Assert.Contains(problems, p => p.StartsWith("storage.postgres:", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("edge.bind:", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_FileIsNotJson_NamesTheLine()
    {
        WriteFile("{\n  \"edge\": nonsense\n}");
        var problem = Assert.Single(Assert.Throws<SettingsException>(() => Load()).Problems);
        Assert.StartsWith($"{_folder}/petrel.json:2: not JSON", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NamedFileIsMissing_SaysWhoNamedIt()
    {
        _environment["PETREL_CONFIG"] = "other.json";
        Assert.Equal($"PETREL_CONFIG: there is no file {_folder}/other.json", Assert.Single(Assert.Throws<SettingsException>(() => Load()).Problems));
    }

    [Fact]
    public void Load_Secret_IsNotShown()
    {
        var settings = Load(("storage.engine", "postgres", "--set"), ("storage.postgres", "Host=x;Password=y", "--set"));
        Assert.Equal("Host=x;Password=y", settings.Options.Storage.Postgres);
        Assert.Equal("(set)", settings.Values.Single(v => v.Key == "storage.postgres").Value);
    }

    [Fact]
    public void RequireForBind_NoKeysGenerated_RefusesOtherThanLoopback()
    {
        var open = new PetrelOptions { Edge = new EdgeOptions { Bind = "0.0.0.0" }, Storage = new StorageOptions { Data = _folder } };
        RootKeyFile.RequireForBind(open with { Edge = new EdgeOptions { Bind = "127.0.0.2" } });
        RootKeyFile.RequireForBind(open with { Edge = new EdgeOptions { Bind = "::1" } });
        Assert.Contains("petrel keys", Assert.Throws<SettingsException>(() => RootKeyFile.RequireForBind(open)).Message, StringComparison.Ordinal);

        RootKeyFile.Write(open.Storage, [RootKeyFile.Generate("000000000000", DateTimeOffset.UnixEpoch)]);
        RootKeyFile.RequireForBind(open);
    }

    [Fact]
    public void RootKeys_Written_AreReadBackAndPrivate()
    {
        var storage = new StorageOptions { Data = Path.Combine(_folder, "data") };
        RootKey[] keys = [RootKeyFile.Generate("000000000000", DateTimeOffset.UnixEpoch), RootKeyFile.Generate("111111111111", DateTimeOffset.UnixEpoch)];
        Assert.Empty(RootKeyFile.Read(storage));
        RootKeyFile.Write(storage, keys);
        Assert.Equal(keys, RootKeyFile.Read(storage));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(RootKeyFile.PathOf(storage)));
    }

    private EffectiveSettings Load(params (string, string, string)[] commandLine) =>
        SettingsLoader.Load(new EnvironmentReader(_environment), new CommandLineSettings(null, commandLine), _folder);

    private static string Source(EffectiveSettings settings, string key) => settings.Values.Single(v => v.Key == key).Source;

    private void WriteFile(string json) => File.WriteAllText(Path.Combine(_folder, "petrel.json"), json);
}
