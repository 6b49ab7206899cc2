using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Functions;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Tests.Runtimes.Bootstraps;

namespace Petrel.Functions.Tests.Runtimes.Api;

/// <summary>The Runtime API as runtime clients see it, without a process.</summary>
public sealed class RuntimeApiTests : IAsyncDisposable
{
    private const string Id = "8f5a1c1e-6b5a-4c39-9d0e-0c8f3b1f7a11";

    private readonly RuntimeApiServer _server = new(NullLoggerFactory.Instance);
    private readonly RuntimeApiSession _session = new();
    private readonly TaskCompletionSource _exited = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly HttpClient _client;

    public RuntimeApiTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _ = _server.ServeAsync(_listener, _session);
        _ = _session.WatchAsync(_exited.Task);
        _client = new HttpClient { BaseAddress = new Uri($"http://{_listener.LocalEndPoint}/2018-06-01/runtime/") };
    }

    [Fact]
    public async Task Next_Event_ComesWithAllHeaders()
    {
        var next = _client.GetAsync("invocation/next");
        Assert.Equal(InitOutcomeKind.Ready, (await _session.InitAsync(default)).Kind);
        _ = InvokeAsync("""{"é":1}""");
        using var answer = await next;
        Assert.Equal("""{"é":1}""", await answer.Content.ReadAsStringAsync());
        string Header(string name) => answer.Headers.GetValues(name).Single();
        Assert.Equal(
            [Id, "1900000000123", "arn:f:live", "Root=1", """{"custom":{}}"""],
            [Header("Lambda-Runtime-Aws-Request-Id"), Header("Lambda-Runtime-Deadline-Ms"), Header("Lambda-Runtime-Invoked-Function-Arn"),
                Header("Lambda-Runtime-Trace-Id"), Header("Lambda-Runtime-Client-Context")]);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Response_ForTheInvocation_EndsIt()
    {
        var invocation = await BeginAsync();
        await ExpectAsync(await _client.PostAsync($"invocation/{Id}/response", new StringContent("\"ok\"")), HttpStatusCode.Accepted, """{"status":"OK"}""");
        var outcome = await invocation;
        Assert.Equal((RuntimeOutcomeKind.Response, "\"ok\""), (outcome.Kind, Text(outcome)));
    }

    [Fact]
    public async Task Response_ManyInvocations_ReachTheirOwn()
    {
        for (var i = 0; i < 100; i++)
        {
            var invocation = await BeginAsync(i.ToString());
            using var response = await _client.PostAsync($"invocation/{Id}/response", new StringContent(i.ToString()));
            Assert.Equal(i.ToString(), Text(await invocation));
        }
    }

    [Fact]
    public async Task Response_WrongIdOrTwice_IsRefused()
    {
        var invocation = await BeginAsync();
        const string refusal = """{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}""";
        await ExpectAsync(await _client.PostAsync("invocation/other/response", new StringContent("1")), HttpStatusCode.BadRequest, refusal);
        using var first = await _client.PostAsync($"invocation/{Id}/response", new StringContent("1"));
        await ExpectAsync(await _client.PostAsync($"invocation/{Id}/response", new StringContent("2")), HttpStatusCode.BadRequest, refusal);
        await ExpectAsync(await _client.PostAsync($"invocation/{Id}/error", new StringContent("{}")), HttpStatusCode.BadRequest, refusal);
        Assert.Equal("1", Text(await invocation));
    }

    [Fact]
    public async Task Response_TooLarge_IsRefusedAndSaid()
    {
        var invocation = await BeginAsync();
        using var response = await _client.PostAsync($"invocation/{Id}/response", new ByteArrayContent(new byte[7_000_000]));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("RequestEntityTooLarge", JsonDocument.Parse(await response.Content.ReadAsStreamAsync()).RootElement.GetProperty("errorType").GetString());
        var outcome = await invocation;
        Assert.Equal((RuntimeOutcomeKind.TooLarge, 7_000_000L), (outcome.Kind, outcome.SizeBytes));
        Assert.False((await BeginAsync()).IsCompleted);
    }

    [Fact]
    public async Task Error_WithType_EndsTheInvocation()
    {
        var invocation = await BeginAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"invocation/{Id}/error")
        {
            Content = new StringContent("""{"errorMessage":"m","errorType":"T"}"""),
            Headers = { { "Lambda-Runtime-Function-Error-Type", "Extension.T" } },
        };
        await ExpectAsync(await _client.SendAsync(request), HttpStatusCode.Accepted, """{"status":"OK"}""");
        var outcome = await invocation;
        Assert.Equal((RuntimeOutcomeKind.Error, "Extension.T", """{"errorMessage":"m","errorType":"T"}"""), (outcome.Kind, outcome.ErrorType, Text(outcome)));
    }

    [Fact]
    public async Task InitError_BeforeTheFirstNext_IsTheOutcome()
    {
        await ExpectAsync(await _client.PostAsync("init/error", new StringContent("""{"errorType":"X"}""")), HttpStatusCode.Accepted, """{"status":"OK"}""");
        var outcome = await _session.InitAsync(default);
        Assert.Equal((InitOutcomeKind.Error, """{"errorType":"X"}"""), (outcome.Kind, Encoding.UTF8.GetString(outcome.Body.Span)));
        using var late = await _client.PostAsync("init/error", new StringContent("{}"));
        Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
    }

    [Fact]
    public async Task Next_WhileAnInvocationRuns_IsOutOfTurn()
    {
        _ = await BeginAsync();
        using var second = await _client.GetAsync("invocation/next");
        Assert.Equal(HttpStatusCode.Forbidden, second.StatusCode);
    }

    [Fact]
    public async Task Next_ClientGone_TheEventWaitsForTheNextOne()
    {
        using var gone = new CancellationTokenSource();
        var abandoned = _session.FetchAsync(gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);

        var invocation = InvokeAsync("1");
        Assert.Equal("1", await _client.GetStringAsync("invocation/next"));
        using var response = await _client.PostAsync($"invocation/{Id}/response", new StringContent("2"));
        Assert.Equal("2", Text(await invocation));
    }

    [Fact]
    public async Task Connection_QuietForSeconds_StaysOpen()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_listener.LocalEndPoint!);
        var answer = new byte[1000];
        for (var i = 0; i < 2; i++)
        {
            await socket.SendAsync("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            Assert.NotEqual(0, await socket.ReceiveAsync(answer));

            // Kestrel looks at its connections once a second.
            await Task.Delay(TimeSpan.FromSeconds(i == 0 ? 2.2 : 0), TimeProvider.System);
        }
    }

    [Fact]
    public async Task UnknownPath_IsNotFound()
    {
        using var response = await _client.GetAsync("nothing");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Process_Ends_EndsEverything()
    {
        var invocation = await BeginAsync();
        _exited.SetResult();
        Assert.Equal(RuntimeOutcomeKind.Exited, (await invocation).Kind);
        Assert.Equal(RuntimeOutcomeKind.Exited, (await InvokeAsync("1")).Kind);
    }

    [Fact]
    public async Task Stream_WithMetadata_IsPassedOnWhileItArrives()
    {
        var stream = new CollectedStream();
        var invocation = await BeginAsync(stream: stream);
        using var request = Streaming("""{"statusCode":201}""" + new string('\0', 8) + "body", "application/vnd.awslambda.http-integration-response");
        using var response = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(RuntimeOutcomeKind.Streamed, (await invocation).Kind);
        Assert.Equal(("""{"statusCode":201}""", "body"), (stream.Metadata, stream.Text));
    }

    [Fact]
    public async Task Stream_WithoutAStreamingCaller_IsCollected()
    {
        var invocation = await BeginAsync();
        using var request = Streaming("all of it", "text/plain");
        using var response = await _client.SendAsync(request);
        var outcome = await invocation;
        Assert.Equal((RuntimeOutcomeKind.Response, "all of it", "text/plain"), (outcome.Kind, Text(outcome), outcome.ContentType));
    }

    [Fact]
    public async Task Stream_ErrorInTheTrailers_FailsAfterWhatWasSent()
    {
        var stream = new CollectedStream();
        var invocation = await BeginAsync(stream: stream);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_listener.LocalEndPoint!);
        var body = Convert.ToBase64String("""{"errorMessage":"midway"}"""u8);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST /2018-06-01/runtime/invocation/{Id}/response HTTP/1.1\r\nHost: x\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n"
            + "Transfer-Encoding: chunked\r\nTrailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n"
            + $"4\r\nhalf\r\n0\r\nLambda-Runtime-Function-Error-Type: E\r\nLambda-Runtime-Function-Error-Body: {body}\r\n\r\n"));
        var outcome = await invocation;
        Assert.Equal((RuntimeOutcomeKind.StreamFailed, "E", """{"errorMessage":"midway"}""", "half"), (outcome.Kind, outcome.ErrorType, Text(outcome), stream.Text));
    }

    [Fact]
    public async Task Response_UnknownMode_IsRefused()
    {
        _ = await BeginAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"invocation/{Id}/response")
        {
            Content = new StringContent("1"),
            Headers = { { "Lambda-Runtime-Function-Response-Mode", "backwards" } },
        };
        using var response = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _listener.Dispose();
        await _server.DisposeAsync();
    }

    private static HttpRequestMessage Streaming(string body, string contentType) => new(HttpMethod.Post, $"invocation/{Id}/response")
    {
        Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { { "Content-Type", contentType } } },
        Headers = { { "Lambda-Runtime-Function-Response-Mode", "streaming" }, { "Transfer-Encoding", "chunked" } },
    };

    private static string Text(RuntimeOutcome outcome) => Encoding.UTF8.GetString(outcome.Body.Span);

    private static async Task ExpectAsync(HttpResponseMessage response, HttpStatusCode status, string body)
    {
        using (response)
        {
            Assert.Equal((status, body), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        }
    }

    /// <summary>An invocation that the process has fetched.</summary>
    private async Task<Task<RuntimeOutcome>> BeginAsync(string payload = "{}", IResponseStream? stream = null)
    {
        var invocation = InvokeAsync(payload, stream);
        Assert.Equal(payload, await _client.GetStringAsync("invocation/next"));
        return invocation;
    }

    private Task<RuntimeOutcome> InvokeAsync(string payload, IResponseStream? stream = null) => _session.InvokeAsync(
        new Invocation
        {
            RequestId = Id,
            Payload = Encoding.UTF8.GetBytes(payload),
            InvokedFunctionArn = "arn:f:live",
            TraceId = "Root=1",
            ClientContext = Convert.ToBase64String("""{"custom":{}}"""u8),
            ResponseStream = stream,
        },
        DateTimeOffset.FromUnixTimeMilliseconds(1900000000123),
        default).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
}
