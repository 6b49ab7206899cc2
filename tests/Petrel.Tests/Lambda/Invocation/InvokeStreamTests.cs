using System.Text;
using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Testing;

namespace Petrel.Tests.Lambda.Invocation;

public sealed class InvokeStreamTests
{
    private readonly InvocationFixture _lambda = new();

    [Fact]
    public async Task InvokeWithResponseStream_StreamingHandler_SendsItsChunksAndTheEnd()
    {
        await _lambda.AddFunctionAsync("f");
        _lambda.Engine.Script("f", _ => FunctionAnswer.Stream("one", "two") with { LogTail = "log" });
        var result = await StreamAsync(r => r with { LogType = "Tail" });
        Assert.Equal((200, "$LATEST", "application/octet-stream"), (result.StatusCode, result.ExecutedVersion, result.ResponseStreamContentType));
        Assert.Equal(["one", "two", "end code= details= log=bG9n"], await ReadAsync(result));
    }

    [Fact]
    public async Task InvokeWithResponseStream_BufferedHandler_SendsOneChunk()
    {
        await _lambda.AddFunctionAsync("f");
        _lambda.Engine.Script("f", _ => FunctionAnswer.Of("{\"a\":1}"));
        Assert.Equal(["{\"a\":1}", "end code= details= log="], await ReadAsync(await StreamAsync()));
    }

    [Fact]
    public async Task InvokeWithResponseStream_HttpPrelude_ComesFirstWithItsDelimiter()
    {
        await _lambda.AddFunctionAsync("f");
        _lambda.Engine.Script("f", _ => FunctionAnswer.Stream("body") with { Metadata = "{\"statusCode\":201}" });
        var result = await StreamAsync();
        Assert.Equal("application/vnd.awslambda.http-integration-response", result.ResponseStreamContentType);
        Assert.Equal(["{\"statusCode\":201}\0\0\0\0\0\0\0\0", "body", "end code= details= log="], await ReadAsync(result));
    }

    [Fact]
    public async Task InvokeWithResponseStream_HandlerFails_EndsWithItsError()
    {
        await _lambda.AddFunctionAsync("f");
        _lambda.Engine.Script("f", _ => FunctionAnswer.Error("no") with { Chunks = ["part"] });
        Assert.Equal(
            ["part", """end code=Unhandled details={"errorMessage":"no","errorType":"Error"} log="""],
            await ReadAsync(await StreamAsync()));
    }

    [Fact]
    public async Task InvokeWithResponseStream_Throttled_IsAnErrorOfTheCall()
    {
        await _lambda.AddFunctionAsync("f", f => f with { ReservedConcurrency = 0 });
        await Assert.ThrowsAsync<TooManyRequestsException>(() => StreamAsync());
    }

    [Fact]
    public async Task InvokeWithResponseStream_DryRun_RunsNothing()
    {
        await _lambda.AddFunctionAsync("f");
        Assert.Equal(204, (await StreamAsync(r => r with { InvocationType = "DryRun" })).StatusCode);
        Assert.Empty(_lambda.Engine.Invocations);
    }

    [Fact]
    public async Task InvokeWithResponseStream_ClientGoes_TheInvocationStillEnds()
    {
        await _lambda.AddFunctionAsync("f");
        var ended = new TaskCompletionSource();
        _lambda.Engine.Script("f", async (_, invocation, _) =>
        {
            var stream = invocation.ResponseStream!;
            await stream.StartAsync("text/plain", default, CancellationToken.None);
            for (var i = 0; i < 1_000; i++)
            {
                await stream.WriteAsync(new byte[10], CancellationToken.None);
            }

            ended.SetResult();
            return FunctionAnswer.Of("");
        });
        var result = await StreamAsync();
        await foreach (var _ in result.EventStream)
        {
            break;
        }

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private Task<InvokeWithResponseStreamResult> StreamAsync(Func<InvokeWithResponseStreamRequest, InvokeWithResponseStreamRequest>? change = null)
    {
        var request = new InvokeWithResponseStreamRequest("f", Payload: "{}"u8.ToArray());
        return _lambda.Api.StreamAsync(change?.Invoke(request) ?? request, InvocationFixture.Call());
    }

    private static async Task<List<string>> ReadAsync(InvokeWithResponseStreamResult result)
    {
        var seen = new List<string>();
        await foreach (var part in result.EventStream)
        {
            seen.Add(part switch
            {
                PayloadChunk chunk => Encoding.UTF8.GetString(chunk.Payload.Span),
                InvokeComplete end => $"end code={end.ErrorCode} details={end.ErrorDetails} log={end.LogResult}",
                _ => "?",
            });
        }

        return seen;
    }
}
