using System.Text;
using Petrel.Functions;

namespace Petrel.Functions.Tests.Engine;

/// <summary>Functions whose instances run several invocations at a time.</summary>
public sealed class SharedInstanceTests
{
    private const string Code = """
        let together = 0;
        let most = 0;
        exports.handler = async (event) => {
          if (event.crash) { setTimeout(() => { throw new Error('nobody catches this'); }, 50); }
          if (event.never || event.crash) { await new Promise(() => {}); }
          if (event.fail) { throw new Error('fails'); }
          if (event.length) { return 'x'.repeat(event.length); }
          together++;
          most = Math.max(most, together);
          console.log('begins', event.name);
          await new Promise((r) => setTimeout(r, event.ms ?? 300));
          console.log('ends', event.name);
          together--;
          return { name: event.name, stream: process.env.AWS_LAMBDA_LOG_STREAM_NAME, most };
        };
        """;

    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Invoke_SeveralAtATime_RunInOneInstance()
    {
        var function = Function(8);
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => InvokeAsync(function, $$"""{"name":"{{i}}"}""", $"id-{i}")));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i}"), results.Select(r => r.Json.GetProperty("name").GetString()!));
        Assert.Single(results.Select(r => r.Json.GetProperty("stream").GetString()).Distinct());
        Assert.Contains(results, r => r.Json.GetProperty("most").GetInt32() == 8);
        Assert.Single(results, r => r.Result.Report.InitDuration is not null);

        // Each line names its invocation, and each invocation's tail has its own lines.
        var lines = Host.Logs.Of(function);
        for (var i = 0; i < 8; i++)
        {
            Assert.Contains(lines, l => l.EndsWith($"\tid-{i}\tINFO\tends {i}", StringComparison.Ordinal));
            Assert.Single(lines, l => l.StartsWith($"REPORT RequestId: id-{i}\t", StringComparison.Ordinal));
            var tail = Encoding.UTF8.GetString(results[i].Result.LogTail.Span);
            Assert.Contains($"begins {i}\n", tail, StringComparison.Ordinal);
            Assert.DoesNotContain($"begins {(i + 1) % 8}\n", tail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Invoke_MoreThanOneInstanceTakes_GetsAnother()
    {
        var function = Function(2);
        await InvokeAsync(function, """{"ms":300}""", "first");
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => InvokeAsync(function, """{"ms":1000}""", $"{i}")));
        Assert.Equal(2, results.Select(r => r.Json.GetProperty("stream").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Invoke_OneTakesTooLong_FailsAloneAndTheInstanceIsReplaced()
    {
        var function = Function(4) with { Timeout = TimeSpan.FromSeconds(1) };
        var (_, warm) = await InvokeAsync(function, """{"ms":1}""", "warm");
        var late = InvokeAsync(function, """{"never":true}""", "late");
        var others = Enumerable.Range(0, 3).Select(i => InvokeAsync(function, """{"ms":700}""", $"other-{i}")).ToList();
        Assert.Equal("Sandbox.Timedout", (await late).Json.GetProperty("errorType").GetString());
        Assert.All(await Task.WhenAll(others), other => Assert.Null(other.Result.FunctionError));
        var (_, next) = await InvokeAsync(function, """{"ms":1}""", "next");
        Assert.NotEqual(warm.GetProperty("stream").GetString(), next.GetProperty("stream").GetString());
    }

    [Fact]
    public async Task Invoke_ProcessFails_FailsAllThatRun()
    {
        var function = Function(4);
        await InvokeAsync(function, """{"ms":1}""", "warm");
        var running = InvokeAsync(function, """{"never":true}""", "running");
        var crash = InvokeAsync(function, """{"crash":true}""", "crash");
        foreach (var failed in await Task.WhenAll(running, crash))
        {
            Assert.Equal("nobody catches this", failed.Json.GetProperty("errorMessage").GetString());
        }

        Assert.Null((await InvokeAsync(function, """{"ms":1}""", "next")).Result.FunctionError);
    }

    [Fact]
    public async Task Invoke_ErrorsAndLargeAnswers_BelongToTheirInvocation()
    {
        var function = Function(4) with { MemoryMb = 512, Timeout = TimeSpan.FromSeconds(20) };
        var results = await Task.WhenAll(
            InvokeAsync(function, """{"fail":true}""", "a"),
            InvokeAsync(function, """{"length":5000000}""", "b"),
            InvokeAsync(function, """{"length":7000000}""", "c"),
            InvokeAsync(function, $$"""{"ms":1,"name":"{{new string('n', 1_000_000)}}"}""", "d"));
        Assert.Equal("fails", results[0].Json.GetProperty("errorMessage").GetString());
        Assert.Equal(5_000_002, results[1].Result.Payload.Length);
        Assert.Equal("Function.ResponseSizeTooLarge", results[2].Json.GetProperty("errorType").GetString());
        Assert.Equal(1_000_000, results[3].Json.GetProperty("name").GetString()!.Length);
    }

    [Fact]
    public async Task Invoke_Streams_AreNotMixedUp()
    {
        var function = Host.Node(
            """
            exports.handler = awslambda.streamifyResponse(async (event, stream) => {
              for (let i = 0; i < 50; i++) {
                stream.write(event.letter.repeat(1000));
                await new Promise((r) => setImmediate(r));
              }
              stream.end();
            });
            """) with
        { InstanceConcurrency = 4, Timeout = TimeSpan.FromSeconds(20) };
        var streams = "abcd".Select(letter => (letter, stream: new Collected())).ToList();
        await Task.WhenAll(streams.Select(s => Host.Engine.InvokeAsync(
            function,
            new Invocation
            {
                RequestId = $"{s.letter}",
                Payload = Encoding.UTF8.GetBytes($$"""{"letter":"{{s.letter}}"}"""),
                InvokedFunctionArn = function.FunctionArn,
                ResponseStream = s.stream,
            },
            new AdmissionLimits(null))));
        Assert.All(streams, s => Assert.Equal(new string(s.letter, 50_000), s.stream.Text.ToString()));
    }

    private static FunctionSpec Function(int concurrency) =>
        Host.Node(Code) with { InstanceConcurrency = concurrency, Timeout = TimeSpan.FromSeconds(10) };

    private static async Task<(InvocationResult Result, System.Text.Json.JsonElement Json)> InvokeAsync(FunctionSpec function, string payload, string id)
    {
        var (result, text) = await Host.InvokeAsync(function, payload, id);
        return (result, System.Text.Json.JsonDocument.Parse(text).RootElement);
    }

    private sealed class Collected : IResponseStream
    {
        public StringBuilder Text { get; } = new();

        public ValueTask StartAsync(string contentType, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
        {
            Text.Append(Encoding.UTF8.GetString(chunk.Span));
            return ValueTask.CompletedTask;
        }
    }
}
