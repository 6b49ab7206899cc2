using System.Text.Json;

namespace Petrel.Functions.Tests.Runtimes.Bootstraps;

/// <summary>How the Java bootstrap writes what functions print and log.</summary>
public sealed class JavaLogTests
{
    [Fact]
    public async Task Log_Text_IsAsItIsWithItsLevel() =>
        Assert.Equal(["one\0two", "[INFO] é", "[WARN] careful", "bytes", "printed é", "to the other"], await LogAsync("::log", []));

    [Fact]
    public async Task Log_Json_IsOneObjectALine()
    {
        var lines = await LogAsync("::log", new() { ["AWS_LAMBDA_LOG_FORMAT"] = "JSON", ["AWS_LAMBDA_LOG_LEVEL"] = "WARN" });
        Assert.Equal(["bytes", "printed é", "to the other"], lines[2..]);
        var events = lines[..2].Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal([("one\ntwo\n", "UNDEFINED"), ("careful", "WARN")], events.Select(e => (e.GetProperty("message").GetString()!, e.GetProperty("level").GetString()!)));
        Assert.Equal(["timestamp", "message", "level", "AWSRequestId"], events[0].EnumerateObject().Select(p => p.Name));
        Assert.Matches("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$", events[0].GetProperty("timestamp").GetString());
        Assert.Equal(BareFunction.RequestId, events[0].GetProperty("AWSRequestId").GetString());
    }

    [Fact]
    public async Task Error_OfAnInvocation_IsOneEvent()
    {
        var line = Assert.Single(await LogAsync("::fails", []));
        Assert.Matches("^no: java.lang.IllegalStateException\0java.lang.IllegalStateException: no\0\tat functions.Handlers.fails\\(Handlers.java:\\d+\\)\0Caused by: java.io.IOException\0", line);
        Assert.DoesNotContain("petrel.runtime", line);
    }

    [Fact]
    public async Task Error_Json_IsAnObject()
    {
        var line = Assert.Single(await LogAsync("::fails", new() { ["AWS_LAMBDA_LOG_FORMAT"] = "JSON" }));
        Assert.Equal("ERROR", JsonDocument.Parse(line).RootElement.GetProperty("level").GetString());
    }

    [Fact]
    public async Task Output_OfAnyAmount_LeavesBeforeTheAnswer()
    {
        var lines = await LogAsync("::prints", []);
        Assert.Equal((20_001, 1 << 20), (lines.Length, lines[^1].Length));
    }

    private static async Task<string[]> LogAsync(string handler, Dictionary<string, string> environment)
    {
        await using var function = await BareFunction.StartInAsync(JavaFunctions.Folder, "java17", "functions.Handlers" + handler, environment);
        await function.InvokeAsync();
        return await function.StopAsync();
    }
}
