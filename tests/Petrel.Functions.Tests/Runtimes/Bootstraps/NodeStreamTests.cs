using System.Text.Json;
using Petrel.Functions.Runtimes;

namespace Petrel.Functions.Tests.Runtimes.Bootstraps;

/// <summary>Streamed answers of Node.js functions.</summary>
public sealed class NodeStreamTests
{
    [Fact]
    public async Task Stream_ChunksAndContentType_ArriveInOrder()
    {
        await using var function = await StartAsync("s.setContentType('text/plain'); s.write('a'); s.write(Buffer.from('b')); s.write({ c: 1 }); s.end('d');");
        var stream = new CollectedStream();
        Assert.Equal(RuntimeOutcomeKind.Streamed, (await function.InvokeAsync("{}", stream)).Kind);
        Assert.Equal(("text/plain", "", """ab{"c":1}d"""), (stream.ContentType, stream.Metadata, stream.Text));
    }

    [Fact]
    public async Task Stream_HttpMetadata_ComesBeforeTheBody()
    {
        const string body = "s = awslambda.HttpResponseStream.from(s, { statusCode: 201, headers: { a: 'b' } }); s.write('x'); s.end();";
        await using var function = await StartAsync(body);
        var stream = new CollectedStream();
        Assert.Equal(RuntimeOutcomeKind.Streamed, (await function.InvokeAsync("{}", stream)).Kind);
        Assert.Equal("application/vnd.awslambda.http-integration-response", stream.ContentType);
        Assert.Equal(("""{"statusCode":201,"headers":{"a":"b"}}""", "x"), (stream.Metadata, stream.Text));

        var whole = await function.InvokeAsync("{}");
        Assert.Equal((RuntimeOutcomeKind.Response, "application/vnd.awslambda.http-integration-response"), (whole.Kind, whole.ContentType));
        Assert.Equal("""{"statusCode":201,"headers":{"a":"b"}}""" + new string('\0', 8) + "x", BareFunction.Text(whole.Body));
    }

    [Fact]
    public async Task Stream_TenMegabytesThroughAPipeline_Arrive()
    {
        await using var function = await StartAsync(
            "await require('stream/promises').pipeline(require('stream').Readable.from((function* () { for (let i = 0; i < 5; i++) yield Buffer.alloc(2 << 20, i); })()), s);");
        var stream = new CollectedStream();
        Assert.Equal(RuntimeOutcomeKind.Streamed, (await function.InvokeAsync("{}", stream)).Kind);
        Assert.Equal(Enumerable.Range(0, 5).SelectMany(i => Enumerable.Repeat((byte)i, 2 << 20)), stream.Bytes);
    }

    [Fact]
    public async Task Stream_FailsBeforeTheFirstByte_IsAnErrorOfTheInvocation()
    {
        await using var function = await StartAsync("throw new Error('early');");
        Assert.Equal("early", (await function.ErrorAsync()).GetProperty("errorMessage").GetString());
    }

    [Fact]
    public async Task Stream_FailsInTheMiddle_SaysSoAfterWhatWasSent()
    {
        await using var function = await StartAsync("s.write('half'); await new Promise((r) => setImmediate(r)); throw new Error('midway');");
        var stream = new CollectedStream();
        var outcome = await function.InvokeAsync("{}", stream);
        Assert.Equal((RuntimeOutcomeKind.StreamFailed, "half"), (outcome.Kind, stream.Text));
        Assert.Equal("midway", JsonDocument.Parse(outcome.Body).RootElement.GetProperty("errorMessage").GetString());
        Assert.Equal(RuntimeOutcomeKind.StreamFailed, (await function.InvokeAsync("{}", new CollectedStream())).Kind);
    }

    [Fact]
    public async Task Stream_NeverEnded_IsAnError()
    {
        await using var function = await StartAsync("s.write('half');");
        Assert.Equal(RuntimeOutcomeKind.StreamFailed, (await function.InvokeAsync("{}", new CollectedStream())).Kind);
    }

    [Fact]
    public async Task Stream_CallerGone_RunsToItsEnd()
    {
        await using var function = await StartAsync("for (let i = 0; i < 9; i++) await new Promise((r) => s.write('x'.repeat(100000), r)); s.end();");
        var stream = new CollectedStream(chunksUntilGone: 2);
        Assert.Equal(RuntimeOutcomeKind.Streamed, (await function.InvokeAsync("{}", stream)).Kind);
        Assert.Equal(3, stream.Chunks);
    }

    private static Task<BareFunction> StartAsync(string body) =>
        BareFunction.StartAsync("nodejs20.x", "index.handler", ("index.js", $"exports.handler = awslambda.streamifyResponse(async (e, s, c) => {{ {body} }});"));
}
