using System.Text.Json;

namespace Petrel.Functions.Tests.Runtimes.Bootstraps;

/// <summary>How the Node.js bootstrap writes what functions log.</summary>
public sealed class NodeLogTests
{
    private const string Runtime = "nodejs20.x";

    [Fact]
    public async Task Console_Text_HasTimeRequestAndLevel()
    {
        var lines = await LogAsync([], "console.log('a', { b: 1 }); console.warn('two\\nlines'); console.error(new Error('e').message); console.debug('%s!', 'x'); console.trace('t');");
        Assert.Equal(
            [
                $"{BareFunction.RequestId}\tINFO\ta {{ b: 1 }}", $"{BareFunction.RequestId}\tWARN\ttwo\0lines", $"{BareFunction.RequestId}\tERROR\te",
                $"{BareFunction.RequestId}\tDEBUG\tx!", $"{BareFunction.RequestId}\tTRACE\tt",
            ],
            lines.Select(l => l[(l.IndexOf('\t') + 1)..]));
        Assert.All(lines, l => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t", l));
    }

    [Fact]
    public async Task Console_Json_IsOneObjectALine()
    {
        var lines = await LogAsync(new() { ["AWS_LAMBDA_LOG_FORMAT"] = "JSON" }, "console.log('a\\nb'); console.info({ x: [1] }); console.error('failed:', new TypeError('bad'));");
        var events = lines.Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal("a\nb", events[0].GetProperty("message").GetString());
        Assert.Equal("INFO", events[0].GetProperty("level").GetString());
        Assert.Equal(BareFunction.RequestId, events[0].GetProperty("requestId").GetString());
        Assert.Equal("""{"x":[1]}""", events[1].GetProperty("message").GetRawText());
        Assert.Equal(("TypeError", "bad"), (events[2].GetProperty("errorType").GetString(), events[2].GetProperty("errorMessage").GetString()));
        Assert.StartsWith("failed: TypeError: bad", events[2].GetProperty("message").GetString());
    }

    [Fact]
    public async Task Console_LogLevel_FiltersWhatIsLower()
    {
        var lines = await LogAsync(
            new() { ["AWS_LAMBDA_LOG_FORMAT"] = "JSON", ["AWS_LAMBDA_LOG_LEVEL"] = "WARN" },
            "console.debug(1); console.log(2); console.info(3); console.warn(4); console.error(5);");
        Assert.Equal([4, 5], lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("message").GetInt32()));
    }

    [Fact]
    public async Task Error_OfAnInvocation_IsLogged()
    {
        var line = Assert.Single(await LogAsync([], "throw Object.assign(new Error('some_error_msg'), { code: 'E1' });"));
        var start = $"{BareFunction.RequestId}\tERROR\tInvoke Error \t";
        Assert.Contains(start, line);
        var body = JsonDocument.Parse(line[(line.IndexOf(start, StringComparison.Ordinal) + start.Length)..]).RootElement;
        Assert.Equal(["errorType", "errorMessage", "code", "stack"], body.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task Output_OfAnyAmount_LeavesBeforeTheAnswer()
    {
        var lines = await LogAsync([], "for (let i = 0; i < 20000; i++) console.log('x'.repeat(100)); process.stdout.write('y'.repeat(1 << 20) + '\\n');");
        Assert.Equal((20_001, 1 << 20), (lines.Length, lines[^1].Length));
    }

    private static async Task<string[]> LogAsync(Dictionary<string, string> environment, string body)
    {
        await using var function = await BareFunction.StartAsync(Runtime, "index.handler", environment, ("index.js", $"exports.handler = async () => {{ {body} }};"));
        await function.InvokeAsync();
        return await function.StopAsync();
    }
}
