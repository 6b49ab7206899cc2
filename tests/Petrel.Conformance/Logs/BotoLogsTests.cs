using System.Text.Json;
using Petrel.Conformance.Lambda;

namespace Petrel.Conformance.Logs;

/// <summary>Log groups, as boto3 sees them.</summary>
public sealed class BotoLogsTests(Daemon daemon)
{
    private readonly Client _client = daemon.NewBoto();
    private readonly long _now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task Group_FromCreationToDeletion_BehavesAsDocumented()
    {
        await CallAsync("create_log_group", new { logGroupName = "/app/g", tags = new { a = "1" } });
        await FailsAsync("ResourceAlreadyExistsException", "create_log_group", new { logGroupName = "/app/g" });
        await CallAsync("put_retention_policy", new { logGroupName = "/app/g", retentionInDays = 7 });
        var group = (await CallAsync("describe_log_groups", new { logGroupNamePrefix = "/app" })).GetProperty("logGroups")[0];
        Assert.Equal(7, group.GetProperty("retentionInDays").GetInt32());
        Assert.Equal($"arn:aws:logs:us-east-1:{_client.Account}:log-group:/app/g:*", group.Text("arn"));
        var tags = await CallAsync("list_tags_for_resource", new { resourceArn = group.Text("logGroupArn") });
        Assert.Equal("1", tags.GetProperty("tags").Text("a"));
        await CallAsync("delete_log_group", new { logGroupName = "/app/g" });
        var gone = await FailsAsync("ResourceNotFoundException", "describe_log_streams", new { logGroupName = "/app/g" });
        Assert.Equal("The specified log group does not exist.", gone.Text);
    }

    [Fact]
    public async Task CreateLogGroup_BadName_IsAnInvalidParameter()
    {
        var failure = await FailsAsync("InvalidParameterException", "create_log_group", new { logGroupName = "a b" });
        Assert.StartsWith("1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint", failure.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_PutAndRead_InBothDirections()
    {
        await CallAsync("create_log_group", new { logGroupName = "g" });
        await CallAsync("create_log_stream", new { logGroupName = "g", logStreamName = "s" });
        await PutAsync("s", "one ERROR", """{"level":"error","n":2}""", "three");
        var head = await CallAsync("get_log_events", new { logGroupName = "g", logStreamName = "s", startFromHead = true, limit = 2 });
        Assert.Equal(["one ERROR", """{"level":"error","n":2}"""], Messages(head));
        var rest = await CallAsync("get_log_events", new { logGroupName = "g", logStreamName = "s", nextToken = head.Text("nextForwardToken") });
        Assert.Equal(["three"], Messages(rest));
        var end = await CallAsync("get_log_events", new { logGroupName = "g", logStreamName = "s", nextToken = rest.Text("nextForwardToken") });
        Assert.Equal(rest.Text("nextForwardToken"), end.Text("nextForwardToken"));
        Assert.Equal(["one ERROR"], Messages(await CallAsync("filter_log_events", new { logGroupName = "g", filterPattern = "ERROR" })));
        Assert.Equal(
            ["""{"level":"error","n":2}"""],
            Messages(await CallAsync("filter_log_events", new { logGroupName = "g", filterPattern = "{ $.level = error && $.n > 1 }" })));
        await FailsAsync("InvalidParameterException", "filter_log_events", new { logGroupName = "g", filterPattern = "{ $.level" });
    }

    [Fact]
    public async Task FunctionOutput_OfAnInvocation_IsInItsGroup()
    {
        await _client.CreatePythonAsync("f", "def handler(event, context):\n    print('said', event['x'])\n");
        await _client.InvokeAsync("f", """{"x":"hello"}""");
        var said = await CallAsync("filter_log_events", new { logGroupName = "/aws/lambda/f", filterPattern = "\"said hello\"" });
        Assert.Single(Messages(said));
        var streams = await CallAsync("describe_log_streams", new { logGroupName = "/aws/lambda/f", orderBy = "LastEventTime", descending = true });
        var all = await CallAsync("get_log_events", new
        {
            logGroupName = "/aws/lambda/f",
            logStreamName = streams.GetProperty("logStreams")[0].Text("logStreamName"),
        });
        Assert.Contains(Messages(all), line => line.StartsWith("REPORT RequestId: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StartQuery_Insights_IsNotImplementedByName()
    {
        var failure = await Assert.ThrowsAsync<ClientException>(
            () => CallAsync("start_query", new { logGroupName = "g", startTime = 1, endTime = 2, queryString = "fields @message" }));
        Assert.Equal((501, "Petrel does not implement logs:StartQuery."), (failure.Status, failure.Text));
    }

    private Task PutAsync(string stream, params string[] messages) => CallAsync("put_log_events", new
    {
        logGroupName = "g",
        logStreamName = stream,
        logEvents = messages.Select((m, i) => new { timestamp = _now + i, message = m }).ToArray(),
    });

    private static List<string> Messages(JsonElement answer) =>
        [.. answer.GetProperty("events").EnumerateArray().Select(e => e.Text("message")!.TrimEnd('\n'))];

    private Task<JsonElement> CallAsync(string operation, object parameters) => _client.CallAsync("logs", operation, parameters);

    private async Task<ClientException> FailsAsync(string code, string operation, object parameters)
    {
        var failure = await Assert.ThrowsAsync<ClientException>(() => CallAsync(operation, parameters));
        Assert.Equal((code, 400), (failure.Code, failure.Status));
        return failure;
    }
}
