using System.Text.Json;

namespace Petrel.Functions.Tests.Runtimes.Bootstraps;

/// <summary>How the Python bootstrap writes what functions print and log.</summary>
public sealed class PythonLogTests
{
    [Fact]
    public async Task Logging_Text_HasLevelTimeAndRequest()
    {
        var lines = await LogAsync([], "logging.warning('two\\nlines'); logging.getLogger('x').error('%s!', 'é'); logging.info('not shown'); print('printed', 1)");
        Assert.Matches($"^\\[WARNING\\]\t\\d{{4}}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{{3}}Z\t{BareFunction.RequestId}\ttwo\0lines$", lines[0]);
        Assert.StartsWith("[ERROR]\t", lines[1]);
        Assert.EndsWith("\té!", lines[1]);
        Assert.Equal(["printed 1"], lines[2..]);
    }

    [Fact]
    public async Task Logging_Json_IsOneObjectALine()
    {
        var lines = await LogAsync(
            new() { ["AWS_LAMBDA_LOG_FORMAT"] = "JSON", ["AWS_LAMBDA_LOG_LEVEL"] = "INFO" },
            """
            logging.debug('not shown'); logging.info('é', extra={'order': 7})
                try: 1 / 0
                except Exception: logging.exception('failed')
            """);
        var events = lines.Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal(2, events.Length);
        Assert.Equal(("é", "INFO", "root", 7, BareFunction.RequestId),
            (events[0].GetProperty("message").GetString(), events[0].GetProperty("level").GetString(), events[0].GetProperty("logger").GetString(),
                events[0].GetProperty("order").GetInt32(), events[0].GetProperty("requestId").GetString()));
        Assert.Equal(["timestamp", "level", "message", "logger", "stackTrace", "errorType", "errorMessage", "requestId", "location"], events[1].EnumerateObject().Select(p => p.Name));
        Assert.Equal("ZeroDivisionError", events[1].GetProperty("errorType").GetString());
    }

    [Fact]
    public async Task Error_OfAnInvocation_IsOneEvent()
    {
        var line = Assert.Single(await LogAsync([], "raise ValueError('a\\nb')"));
        Assert.StartsWith("[ERROR] ValueError: a\0b\0Traceback (most recent call last):\0\u00a0\u00a0File ", line);
    }

    [Fact]
    public async Task Error_Json_IsAnObject()
    {
        var line = Assert.Single(await LogAsync(new() { ["AWS_LAMBDA_LOG_FORMAT"] = "JSON" }, "raise ValueError('a')"));
        var error = JsonDocument.Parse(line).RootElement;
        Assert.Equal(("ERROR", "a", "ValueError"), (error.GetProperty("level").GetString(), error.GetProperty("errorMessage").GetString(), error.GetProperty("errorType").GetString()));
    }

    [Fact]
    public async Task Output_OfAnyAmount_LeavesBeforeTheAnswer()
    {
        var lines = await LogAsync([], "for i in range(20000): print('x' * 100)\n    sys.stdout.write('y' * (1 << 20))");
        Assert.Equal((20_001, 1 << 20), (lines.Length, lines[^1].Length));
    }

    [Fact]
    public async Task Output_StrangeText_DoesNotFail()
    {
        Assert.Equal(["\\ud800 ok"], await LogAsync([], "print('\\ud800 ok')"));
    }

    private static async Task<string[]> LogAsync(Dictionary<string, string> environment, string body)
    {
        await using var function = await BareFunction.StartAsync(
            "python3.12", "app.handler", environment, ("app.py", $"import logging, sys\ndef handler(event, context):\n    {body}\n"));
        await function.InvokeAsync();
        return await function.StopAsync();
    }
}
