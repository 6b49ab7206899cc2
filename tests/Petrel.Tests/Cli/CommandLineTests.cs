using System.Text.Json.Nodes;
using Petrel.Commands;

namespace Petrel.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly CliRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Call_Nothing_ListsTheCommands()
    {
        Assert.Equal(0, await _run.CallAsync());
        foreach (var command in new[] { "serve", "up", "down", "init", "deploy", "invoke", "logs", "ls", "rm", "dev", "doctor", "env", "config", "top", "describe", "usage", "budget" })
        {
            Assert.Matches($@"\n  {command} ", _run.Out);
        }
    }

    [Theory]
    [InlineData("depoly", "did you mean: petrel deploy")]
    [InlineData("frobnicate", "see: petrel --help")]
    public async Task Call_UnknownCommand_IsAUsageErrorWithAdvice(string command, string advice)
    {
        Assert.Equal(2, await _run.CallAsync(command));
        Assert.Contains($"there is no command {command}", _run.Error, StringComparison.Ordinal);
        Assert.Contains(advice, _run.Error, StringComparison.Ordinal);
        Assert.Empty(_run.Out);
    }

    [Theory]
    [InlineData("invoke")]
    [InlineData("invoke x --payload {} --file y")]
    [InlineData("ls --nonsense")]
    [InlineData("serve --port many")]
    [InlineData("ls --endpoint nowhere")]
    [InlineData("completion tcsh")]
    [InlineData("usage --by year")]
    [InlineData("top --interval 0")]
    [InlineData("top --sort size")]
    [InlineData("budget")]
    [InlineData("budget set hello --money 5 --per year")]
    public async Task Call_WrongArguments_IsAUsageError(string line)
    {
        Assert.Equal(2, await _run.CallAsync(line.Split(' ')));
        Assert.Contains("--help", _run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ls")]
    [InlineData("invoke x --payload {}")]
    [InlineData("rm x")]
    [InlineData("logs x")]
    [InlineData("top")]
    [InlineData("usage")]
    [InlineData("describe x")]
    [InlineData("budget ls")]
    public async Task Call_NoDaemon_SaysHowToStartOne(string line)
    {
        Assert.Equal(1, await _run.CallAsync([.. line.Split(' '), "--endpoint", "http://localhost:1"]));
        Assert.Contains("no daemon answers at http://localhost:1", _run.Error, StringComparison.Ordinal);
        Assert.Contains("start it: petrel up", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_OtherAddressWithoutKeys_IsRefused()
    {
        Assert.Equal(1, await _run.CallAsync("serve", "--bind", "0.0.0.0"));
        Assert.Contains("petrel keys", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_Json_TellsValueAndSource()
    {
        _run.Environment["PETREL_PORT"] = "4999";
        Assert.Equal(0, await _run.CallAsync("config", "--json", "--set", "functions.keepAliveSeconds=5"));
        var json = JsonNode.Parse(_run.Out)!;
        Assert.Equal(4999, json["edge.port"]!["value"]!.GetValue<int>());
        Assert.Equal("PETREL_PORT", json["edge.port"]!["source"]!.GetValue<string>());
        Assert.Equal("--set", json["functions.keepAliveSeconds"]!["source"]!.GetValue<string>());
    }

    [Fact]
    public async Task Config_BadSettings_AreAllNamed()
    {
        _run.Write("petrel.json", """{ "edge": { "prot": 1 } }""");
        Assert.Equal(1, await _run.CallAsync("config", "--set", "edge.port=x"));
        Assert.Contains("did you mean edge.port?", _run.Error, StringComparison.Ordinal);
        Assert.Contains("edge.port (--set): x is not a whole number", _run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "export AWS_ENDPOINT_URL='http://localhost:4566'")]
    [InlineData("fish", "set -gx AWS_ENDPOINT_URL 'http://localhost:4566'")]
    [InlineData("pwsh", "$Env:AWS_ENDPOINT_URL = 'http://localhost:4566'")]
    public async Task Env_Shell_SpeaksItsLanguage(string shell, string line)
    {
        Assert.Equal(0, await _run.CallAsync("env", "--shell", shell));
        Assert.Contains(line, _run.Out.Split('\n'));
        Assert.Equal(5, _run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Env_GeneratedKeys_ReplaceTheOpenOne()
    {
        Assert.Equal(0, await _run.CallAsync("keys", "--json"));
        var key = JsonNode.Parse(_run.Out)!["accessKeyId"]!.GetValue<string>();
        Assert.Equal(0, await _run.CallAsync("env", "--json"));
        Assert.Equal(key, JsonNode.Parse(_run.Out)!["AWS_ACCESS_KEY_ID"]!.GetValue<string>());
    }

    [Fact]
    public async Task Env_CredentialsOfAnotherCloud_AreNotTaken()
    {
        _run.Environment["AWS_ACCESS_KEY_ID"] = "AKIAOTHER";
        _run.Environment["AWS_SECRET_ACCESS_KEY"] = "secret";
        await _run.CallAsync("env", "--json");
        Assert.Equal("test", JsonNode.Parse(_run.Out)!["AWS_ACCESS_KEY_ID"]!.GetValue<string>());
        await _run.CallAsync("env", "--json", "--endpoint", "http://elsewhere:1");
        Assert.Equal("AKIAOTHER", JsonNode.Parse(_run.Out)!["AWS_ACCESS_KEY_ID"]!.GetValue<string>());
    }

    [Fact]
    public async Task Keys_LastOne_IsNotRevoked()
    {
        await _run.CallAsync("keys", "--json");
        var first = JsonNode.Parse(_run.Out)!["accessKeyId"]!.GetValue<string>();
        Assert.Equal(1, await _run.CallAsync("keys", "--revoke", first));
        await _run.CallAsync("keys", "--json");
        Assert.Equal(0, await _run.CallAsync("keys", "--revoke", first));
        await _run.CallAsync("keys", "--list", "--json");
        var left = Assert.Single(JsonNode.Parse(_run.Out)!.AsArray());
        Assert.NotEqual(first, left!["accessKeyId"]!.GetValue<string>());
        Assert.DoesNotContain("secret", _run.Out, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Suggest_HalfACommand_CompletesIt()
    {
        Assert.Equal(0, await _run.CallAsync("[suggest:9]", "petrel de"));
        Assert.Contains("deploy", _run.Out.Split('\n').Select(l => l.Trim()));
        Assert.Contains("dev", _run.Out.Split('\n').Select(l => l.Trim()));
    }

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("10m", 600)]
    [InlineData("2h", 7_200)]
    [InlineData("1d", 86_400)]
    [InlineData("1970-01-02T00:00:00Z", 0)]
    public void ParseSince_AgeOrTime_IsUnderstood(string text, int secondsAgo)
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(1);
        Assert.Equal(now.AddSeconds(-secondsAgo), LogsCommand.ParseSince(text, now));
    }

    [Fact]
    public void ParseSince_Nonsense_IsRefused() => Assert.Throws<CliException>(() => LogsCommand.ParseSince("yesterday-ish", DateTimeOffset.UnixEpoch));

    [Theory]
    [InlineData("/x/my-function", "my-function")]
    [InlineData("/x/My Function (2)", "My-Function-2")]
    public void NameOf_Folder_BecomesAFunctionName(string folder, string name) => Assert.Equal(name, DeployOptions.NameOf(folder));

    [Fact]
    public void NameOf_NothingLeft_IsRefused() => Assert.Throws<CliException>(() => DeployOptions.NameOf("/x/…"));
}
