using System.Text;
using Petrel.Functions;

namespace Petrel.Functions.Tests.Engine;

/// <summary>Invocations in real sandboxes, and what callers and logs are told of them.</summary>
public sealed class InvocationTests
{
    private const string Id = "3f5c9a1e-0000-4000-8000-000000000001";

    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Invoke_Python_AnswersAndLogs()
    {
        var function = Host.Python("def handler(event, context):\n    print('hello')\n    return {'got': event['x']}\n");
        var (result, payload) = await Host.InvokeAsync(function, """{"x": 1}""");
        Assert.Equal("""{"got": 1}""", payload);
        Assert.Null(result.FunctionError);
        Assert.NotNull(result.Report.InitDuration);
        Assert.InRange(result.Report.MaxMemoryUsedMb, 5, 128);

        var (second, _) = await Host.InvokeAsync(function, """{"x": 1}""");
        Assert.Null(second.Report.InitDuration);
        Assert.Equal(result.Report.LogStream, second.Report.LogStream);
        Assert.Matches(@"^\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$", result.Report.LogStream);
        var lines = Host.Logs.Of(function);
        Assert.StartsWith("INIT_START Runtime Version: python:3.", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            [$"START RequestId: {Id} Version: $LATEST", "hello", $"END RequestId: {Id}"],
            lines.SkipWhile(l => !l.StartsWith("START", StringComparison.Ordinal)).Take(3));
        Assert.Matches(
            $@"^REPORT RequestId: {Id}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: \d+\.\d\d ms\t$",
            lines.First(l => l.StartsWith("REPORT", StringComparison.Ordinal)));
        Assert.Matches(
            $@"^START RequestId: {Id} Version: \$LATEST\nhello\nEND RequestId: {Id}\nREPORT .*Max Memory Used: \d+ MB\t\n$",
            Encoding.UTF8.GetString(second.LogTail.Span));
    }

    [Fact]
    public async Task Invoke_Node_Answers()
    {
        var function = Host.Node("exports.handler = async (event, context) => ({ got: event.x, id: context.awsRequestId })");
        var (result, payload) = await Host.InvokeAsync(function, """{"x": 1}""");
        Assert.Equal($$"""{"got":1,"id":"{{Id}}"}""", payload);
        Assert.Null(result.FunctionError);
    }

    [Fact]
    public async Task Invoke_HandlerFails_GivesItsError()
    {
        var function = Host.Python("def handler(event, context):\n    raise Exception('Handler fails')\n");
        var (result, payload) = await Host.InvokeAsync(function);
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Contains("\"errorMessage\": \"Handler fails\"", payload, StringComparison.Ordinal);
        Assert.DoesNotContain(Host.Logs.Of(function), l => l.Contains("Status:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invoke_TakesTooLong_IsKilledAndSaidSo()
    {
        var function = Host.Python("import time\ndef handler(event, context):\n    print('before')\n    time.sleep(60 if event else 0)\n    return 1\n") with
        {
            Timeout = TimeSpan.FromSeconds(1),
        };
        var (result, payload) = await Host.InvokeAsync(function, "true");
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Equal($$"""{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: {{Id}} Error: Task timed out after 1.00 seconds"}""", payload);
        Assert.Equal(1000, result.Report.Duration.TotalMilliseconds);
        var lines = Host.Logs.Of(function);
        Assert.Contains("before", lines);
        Assert.Contains(lines, l => l.EndsWith($"Z {Id} Task timed out after 1.00 seconds", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("REPORT", StringComparison.Ordinal) && l.EndsWith("\tStatus: timeout", StringComparison.Ordinal));

        var (next, _) = await Host.InvokeAsync(function, "false");
        Assert.Null(next.FunctionError);
        Assert.NotNull(next.Report.InitDuration);
    }

    [Theory]
    [InlineData("import os\ndef handler(e, c):\n    os._exit(1)\n", "Runtime.ExitError", "exited with error: exit status 1")]
    [InlineData("import os\ndef handler(e, c):\n    os._exit(0)\n", "Runtime.ExitError", "exited without providing a reason")]
    [InlineData("import os\ndef handler(e, c):\n    os.kill(os.getpid(), 11)\n", "Runtime.ExitError", "exited with error: signal: segmentation fault")]
    [InlineData("def handler(e, c):\n    x = bytearray(1 << 30)\n    return len(x)\n", "Runtime.OutOfMemory", "exited with error: signal: killed")]
    public async Task Invoke_ProcessEnds_SaysHow(string code, string type, string how)
    {
        var function = Host.Python(code);
        var (result, payload) = await Host.InvokeAsync(function);
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Equal($$"""{"errorType":"{{type}}","errorMessage":"RequestId: {{Id}} Error: Runtime {{how}}"}""", payload);
        Assert.Contains(Host.Logs.Of(function), l => l.EndsWith($"\tStatus: error\tError Type: {type}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invoke_ModuleFails_GivesTheErrorEveryTime()
    {
        var function = Host.Python("raise Exception('Runtime startup fails')\n");
        for (var i = 0; i < 2; i++)
        {
            var (result, payload) = await Host.InvokeAsync(function);
            Assert.Equal("Unhandled", result.FunctionError);
            Assert.Contains("Runtime startup fails", payload, StringComparison.Ordinal);
        }

        var lines = Host.Logs.Of(function);
        Assert.Equal(2, lines.Count(l => l.StartsWith("INIT_REPORT Init Duration: ", StringComparison.Ordinal)));
        Assert.Contains(lines, l => l.EndsWith("Phase: init\tStatus: error\tError Type: Exception", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invoke_NoBootstrap_IsAnInvalidEntrypoint()
    {
        var function = Host.Function("provided.al2023", "x", "other", "");
        var (result, payload) = await Host.InvokeAsync(function);
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Equal($$"""{"errorType":"Runtime.InvalidEntrypoint","errorMessage":"RequestId: {{Id}} Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"}""", payload);
    }

    [Fact]
    public async Task Invoke_BootstrapExits_SaysHow()
    {
        var (result, payload) = await Host.InvokeAsync(Host.Shell("exit 127"));
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Equal($$"""{"errorType":"Runtime.ExitError","errorMessage":"RequestId: {{Id}} Error: Runtime exited with error: exit status 127"}""", payload);
    }

    [Fact]
    public async Task Invoke_AnswerTooLarge_IsRefusedAndTheInstanceStays()
    {
        var function = Host.Python("def handler(event, context):\n    return 'x' * event\n") with { MemoryMb = 256, Timeout = TimeSpan.FromSeconds(30) };
        var (result, payload) = await Host.InvokeAsync(function, "7000000");
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Equal("""{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}""", payload);
        var (next, _) = await Host.InvokeAsync(function, "1");
        Assert.Null(next.Report.InitDuration);
    }

    [Fact]
    public async Task Invoke_UnknownRuntime_CannotStart()
    {
        var function = Host.Python("") with { Runtime = "cobol85" };
        var e = await Assert.ThrowsAsync<FunctionStartException>(() => Host.InvokeAsync(function));
        Assert.Equal("InvalidRuntimeException", e.Code);
    }

    [Fact]
    public async Task Invoke_Environment_IsLambdas()
    {
        var function = Host.Python("import os\ndef handler(event, context):\n    return dict(os.environ)\n") with
        {
            Environment = new Dictionary<string, string> { ["MINE"] = "ü", ["_HANDLER"] = "forged" },
        };
        var (_, payload) = await Host.InvokeAsync(function);
        using var document = System.Text.Json.JsonDocument.Parse(payload);
        var variables = document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString());
        Assert.Equal("ü", variables["MINE"]);
        Assert.Equal("app.handler", variables["_HANDLER"]);
        Assert.Equal("AWS_Lambda_python3.12", variables["AWS_EXECUTION_ENV"]);
        Assert.Equal(":UTC", variables["TZ"]);
        Assert.Equal("128", variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]);
        Assert.Equal("$LATEST", variables["AWS_LAMBDA_FUNCTION_VERSION"]);
        Assert.Equal("us-east-1", variables["AWS_REGION"]);
        Assert.Equal("on-demand", variables["AWS_LAMBDA_INITIALIZATION_TYPE"]);
        Assert.Equal("http://localhost:4566", variables["AWS_ENDPOINT_URL"]);
        Assert.Equal("ASIATEST", variables["AWS_ACCESS_KEY_ID"]);
        Assert.Equal("/var/task", variables["LAMBDA_TASK_ROOT"]);
        Assert.Equal("127.0.0.1:9001", variables["AWS_LAMBDA_RUNTIME_API"]);
    }

    [Fact]
    public async Task Invoke_WithAStream_GivesTheAnswerAsItIsMade()
    {
        var function = Host.Node(
            """
            exports.handler = awslambda.streamifyResponse(async (event, stream) => {
              const answer = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { a: 'b' } });
              answer.write('one ');
              answer.write('two');
              answer.end();
            });
            """);
        var stream = new CollectingStream();
        var result = await Host.Engine.InvokeAsync(
            function,
            new Invocation { RequestId = Id, Payload = "{}"u8.ToArray(), InvokedFunctionArn = function.FunctionArn, ResponseStream = stream },
            new AdmissionLimits(null));
        Assert.Null(result.FunctionError);
        Assert.True(result.Payload.IsEmpty);
        Assert.Equal("one two", stream.Text);
        Assert.Contains("\"statusCode\":201", stream.Metadata, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_PrintsTorrents_NeitherBlocksNorLosesTheEnd()
    {
        var function = Host.Python("def handler(event, context):\n    for i in range(300000):\n        print('line', i)\n    return 'done'\n") with { Timeout = TimeSpan.FromSeconds(60) };
        var (result, payload) = await Host.InvokeAsync(function);
        Assert.Equal("\"done\"", payload);
        var tail = Encoding.UTF8.GetString(result.LogTail.Span);
        Assert.Equal(4096, result.LogTail.Length);
        Assert.Contains($"line 299999\nEND RequestId: {Id}\nREPORT", tail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_InitTakesTooLong_BeginsAgainWithinTheInvocation()
    {
        await using var host = new EngineHost(2000, new HurriedTime(10)); // the limit of 10 s passes in one
        var function = host.Python("import time\ntime.sleep(2)\ndef handler(event, context):\n    return 'late'\n") with { Timeout = TimeSpan.FromSeconds(300) };
        var (result, payload) = await host.InvokeAsync(function);
        Assert.Equal("\"late\"", payload);
        Assert.Null(result.Report.InitDuration);
        Assert.InRange(result.Report.Duration.TotalSeconds, 2, 30);
        Assert.Contains(host.Logs.Of(function), l => l.EndsWith("Phase: init\tStatus: timeout", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invoke_InitNeverEnds_TimesOut()
    {
        await using var host = new EngineHost(2000, new HurriedTime(10));
        var function = host.Python("import time\ntime.sleep(60)\n") with { Timeout = TimeSpan.FromSeconds(20) };
        var (result, payload) = await host.InvokeAsync(function);
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Equal($$"""{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: {{Id}} Error: Task timed out after 20.00 seconds"}""", payload);
    }

    private sealed class CollectingStream : IResponseStream
    {
        public string Text { get; private set; } = "";

        public string Metadata { get; private set; } = "";

        public ValueTask StartAsync(string contentType, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken)
        {
            Metadata = Encoding.UTF8.GetString(metadata.Span);
            return ValueTask.CompletedTask;
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
        {
            Text += Encoding.UTF8.GetString(chunk.Span);
            return ValueTask.CompletedTask;
        }
    }
}
