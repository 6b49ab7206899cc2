using System.Text.Json;

namespace Petrel.Functions.Tests.Runtimes.Bootstraps;

/// <summary>How the Ruby bootstrap writes what functions print and log.</summary>
public sealed class RubyLogTests
{
    [Fact]
    public async Task Puts_OfSeveralLines_IsOneEvent()
    {
        var lines = await LogAsync([], "puts \"two\\nlines\", [1, [nil, :x]]; puts; $stdout.puts \"plain\\nlines\"; print 'a', 'b'; p 1; warn 'é'; STDOUT.print \"\\xff\\n\"");
        Assert.Equal(["two\0lines\01\0\0x", "plain", "lines", "ab1", "é", "\ufffd"], lines);
    }

    [Fact]
    public async Task Puts_ToAnotherStandardOutput_GoesThere()
    {
        Assert.Equal(["3"], await LogAsync([], "$stdout = StringIO.new; puts 'x', 'y'; n = $stdout.string.lines.size; $stdout = STDOUT; puts n + 1"));
    }

    [Fact]
    public async Task Logger_Text_HasLambdasForm()
    {
        var lines = await LogAsync([], "l = Logger.new($stdout, progname: 'app'); l.info(\"two\\nlines\"); l.debug { 'é' }; Logger.new(nil).error('unseen'); Logger.new(STDERR, level: :warn).info('unseen')");
        Assert.Equal(2, lines.Length);
        Assert.Matches($"^I, \\[\\d{{4}}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{{6}} #\\d+\\]  INFO {BareFunction.RequestId} -- app: two\0lines$", lines[0]);
        Assert.EndsWith($" DEBUG {BareFunction.RequestId} -- app: é", lines[1]);
    }

    [Fact]
    public async Task Logger_Json_IsOneObjectALine()
    {
        var lines = await LogAsync(
            new() { ["AWS_LAMBDA_LOG_FORMAT"] = "JSON", ["AWS_LAMBDA_LOG_LEVEL"] = "WARN" },
            "l = Logger.new($stdout); l.info('unseen'); l.warn(\"é\\n\"); begin; Integer('x'); rescue => e; l.error(e); end; Logger.new($stdout, level: :info).info('own level')");
        var events = lines.Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal(["é\n", "invalid value for Integer(): \"x\"", "own level"], events.Select(e => e.GetProperty("message").GetString()));
        Assert.Equal(["timestamp", "level", "message", "requestId"], events[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal(("ERROR", "ArgumentError", BareFunction.RequestId),
            (events[1].GetProperty("level").GetString(), events[1].GetProperty("errorType").GetString(), events[1].GetProperty("requestId").GetString()));
    }

    [Fact]
    public async Task Error_OfAnInvocation_IsTwoEvents()
    {
        var lines = await LogAsync([], "raise ArgumentError, \"a\\nb\"");
        Assert.Equal("Error raised from handler method", lines[0]);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("{\0  \"errorMessage\": \"a\\nb\",\0  \"errorType\": \"Function<ArgumentError>\",\0  \"stackTrace\": [\0    \"", lines[1]);
    }

    [Fact]
    public async Task Error_Json_IsAnObject()
    {
        var line = Assert.Single(await LogAsync(new() { ["AWS_LAMBDA_LOG_FORMAT"] = "JSON" }, "raise 'a'"));
        var error = JsonDocument.Parse(line).RootElement;
        Assert.Equal(("ERROR", "a", "Function<RuntimeError>"), (error.GetProperty("level").GetString(), error.GetProperty("errorMessage").GetString(), error.GetProperty("errorType").GetString()));
    }

    [Fact]
    public async Task Output_OfAnyAmount_LeavesBeforeTheAnswer()
    {
        var lines = await LogAsync([], "20_000.times { puts 'x' * 100 }; $stdout.sync = false; $stdout.write('y' * (1 << 20))");
        Assert.Equal((20_001, 1 << 20), (lines.Length, lines[^1].Length));
    }

    private static async Task<string[]> LogAsync(Dictionary<string, string> environment, string body)
    {
        await using var function = await BareFunction.StartAsync("ruby3.4", "app.handler", environment, ("app.rb", $"def handler(event:, context:)\n  {body}\nend\n"));
        await function.InvokeAsync();
        return await function.StopAsync();
    }
}
