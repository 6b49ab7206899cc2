using System.Net;
using System.Text;
using System.Text.Json;

namespace Petrel.Conformance.Lambda;

/// <summary>Functions in Node.js, as the SDK for JavaScript sees them.</summary>
public sealed class NodeLifecycleTests(Daemon daemon)
{
    private const string Echo = "exports.handler = async (event, context) => ({ event, version: context.functionVersion });";

    private const string Streaming = """
        exports.handler = awslambda.streamifyResponse(async (event, stream) => {
          stream.setContentType("text/plain");
          for (const part of ["one ", "two ", "three"]) {
            stream.write(part);
            await new Promise((go) => setTimeout(go, 400));
          }
          stream.end();
        });
        """;

    [Fact]
    public async Task Function_FromCreationToDeletion_BehavesAsDocumented()
    {
        var lambda = await daemon.NewSdkAsync();
        await CreateAsync(lambda, "f", Echo);
        var first = await lambda.CallAsync("Invoke", new { FunctionName = "f", Payload = """{"a":1}"""u8.ToArray() });
        Assert.Equal((200, "$LATEST"), (first.GetProperty("StatusCode").GetInt32(), first.Text("ExecutedVersion")));
        Assert.Equal("""{"event":{"a":1},"version":"$LATEST"}""", first.Text("Payload"));

        await lambda.CallAsync("PublishVersion", new { FunctionName = "f" });
        await lambda.CallAsync("CreateAlias", new { FunctionName = "f", Name = "live", FunctionVersion = "1" });
        await lambda.CallAsync("UpdateFunctionCode", new { FunctionName = "f", ZipFile = Package.Node("exports.handler = (e, c, done) => done(null, 'new');") });
        await lambda.CallAsync("waitUntilFunctionUpdatedV2", new { FunctionName = "f" });
        Assert.Equal("\"new\"", (await lambda.CallAsync("Invoke", new { FunctionName = "f" })).Text("Payload"));
        Assert.Equal("1", (await lambda.CallAsync("Invoke", new { FunctionName = "f", Qualifier = "live" })).Text("ExecutedVersion"));

        await lambda.CallAsync("DeleteFunction", new { FunctionName = "f" });
        var gone = await Assert.ThrowsAsync<ClientException>(() => lambda.CallAsync("Invoke", new { FunctionName = "f" }));
        Assert.Equal(("ResourceNotFoundException", 404), (gone.Code, gone.Status));
    }

    [Fact]
    public async Task Invoke_HandlerThrows_AnswersTheErrorOfNode()
    {
        var lambda = await daemon.NewSdkAsync();
        await CreateAsync(lambda, "f", "exports.handler = async () => { throw new TypeError('no'); };");
        var result = await lambda.CallAsync("Invoke", new { FunctionName = "f", LogType = "Tail" });
        Assert.Equal("Unhandled", result.Text("FunctionError"));
        using var error = JsonDocument.Parse(result.Text("Payload")!);
        Assert.Equal(("no", "TypeError"), (error.RootElement.Text("errorMessage"), error.RootElement.Text("errorType")));
        Assert.NotEmpty(error.RootElement.GetProperty("trace").EnumerateArray());
        Assert.Contains("REPORT RequestId: ", Encoding.UTF8.GetString(Convert.FromBase64String(result.Text("LogResult")!)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeWithResponseStream_StreamingHandler_SendsChunksAsTheyAreMade()
    {
        var lambda = await daemon.NewSdkAsync();
        await CreateAsync(lambda, "f", Streaming);
        var result = await lambda.CallAsync("InvokeWithResponseStream", new { FunctionName = "f", LogType = "Tail" });
        var events = result.GetProperty("EventStream").EnumerateArray().ToList();
        var chunks = events.Where(e => e.TryGetProperty("PayloadChunk", out _)).ToList();
        Assert.Equal("one two three", string.Concat(chunks.Select(e => e.GetProperty("PayloadChunk").Text("Payload"))));
        Assert.Equal(3, chunks.Count);
        Assert.True(chunks[2].GetProperty("$at").GetDouble() - chunks[0].GetProperty("$at").GetDouble() > 200, "The chunks came at once.");
        var end = events[^1].GetProperty("InvokeComplete");
        Assert.False(end.TryGetProperty("ErrorCode", out _));
        Assert.NotNull(end.Text("LogResult"));
    }

    [Fact]
    public async Task InvokeWithResponseStream_HandlerFails_EndsWithItsError()
    {
        var lambda = await daemon.NewSdkAsync();
        await CreateAsync(lambda, "f", "exports.handler = awslambda.streamifyResponse(async (e, s) => { s.write('part'); throw new Error('no'); });");
        var result = await lambda.CallAsync("InvokeWithResponseStream", new { FunctionName = "f" });
        var end = result.GetProperty("EventStream").EnumerateArray().Last().GetProperty("InvokeComplete");
        Assert.Equal("Unhandled", end.Text("ErrorCode"));
        Assert.Contains("\"errorMessage\":\"no\"", end.Text("ErrorDetails"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Url_StreamedWithMetadata_SendsStatusThenChunks()
    {
        var boto = daemon.NewBoto();
        await boto.CreateNodeAsync("f", """
            exports.handler = awslambda.streamifyResponse(async (event, stream) => {
              stream = awslambda.HttpResponseStream.from(stream, { statusCode: 202, headers: { "Content-Type": "text/event-stream", "X-A": "b" } });
              stream.write("data: 1\n\n");
              await new Promise((go) => setTimeout(go, 1500));
              stream.write("data: 2\n\n");
              stream.end();
            });
            """);
        var url = await boto.OpenUrlAsync("f", "RESPONSE_STREAM");
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var answer = await daemon.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((HttpStatusCode.Accepted, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Equal("b", answer.Headers.GetValues("X-A").Single());
        await using var body = await answer.Content.ReadAsStreamAsync();
        var bytes = new byte[100];
        Assert.Equal("data: 1\n\n", Encoding.UTF8.GetString(bytes, 0, await body.ReadAsync(bytes)));
        Assert.Equal("data: 2\n\n", Encoding.UTF8.GetString(bytes, 0, await body.ReadAsync(bytes)));
    }

    [Fact]
    public async Task Url_Buffered_KeepsBinaryBodies()
    {
        var boto = daemon.NewBoto();
        await boto.CreateNodeAsync("f", """
            exports.handler = async (event) => ({ statusCode: 200, headers: { "content-type": "application/octet-stream" },
              isBase64Encoded: true, body: event.body });
            """);
        var url = await boto.OpenUrlAsync("f");
        byte[] sent = [0, 255, 128, 10, 13];
        using var content = new ByteArrayContent(sent);
        content.Headers.ContentType = new("application/octet-stream");
        var answer = await daemon.Http.PostAsync(url, content);
        Assert.Equal(sent, await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Url_FunctionFails_Is502()
    {
        var boto = daemon.NewBoto();
        await boto.CreateNodeAsync("f", "exports.handler = async () => { throw new Error('no'); };");
        var answer = await daemon.Http.GetAsync(await boto.OpenUrlAsync("f"));
        Assert.Equal((HttpStatusCode.BadGateway, "Internal Server Error"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    private static async Task CreateAsync(Client lambda, string name, string code)
    {
        await lambda.CallAsync(
            "CreateFunction",
            new
            {
                FunctionName = name,
                Runtime = BotoFunctions.NodeRuntime,
                Handler = "index.handler",
                Role = lambda.Role(),
                Timeout = 20,
                Code = new { ZipFile = Package.Node(code) },
            });
        await lambda.CallAsync("waitUntilFunctionActiveV2", new { FunctionName = name });
    }
}
