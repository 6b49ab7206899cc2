using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Http;

/// <summary>Requests of function URLs and programs that serve HTTP, in real sandboxes.</summary>
public sealed class ForwardTests
{
    /// <summary>Tells what it got; by path it does other things.</summary>
    internal const string Node = """
        const http = require('http');
        let gone = false;
        process.on('unhandledRejection', () => {}); // of requests that break off
        http.createServer(async (request, response) => {
          if (request.url === '/gone') return response.end(`${gone}`);
          if (request.url === '/stream') {
            response.setHeader('content-type', 'text/event-stream');
            response.write('data: one\n\n');
            request.on('close', () => gone = true);
            return;
          }
          if (request.url === '/drop') return request.socket.destroy();
          if (request.url === '/half') { response.writeHead(200, { 'content-length': 10 }); response.write('half'); return setTimeout(() => request.socket.destroy(), 20); }
          if (request.url === '/exit') { console.log('going'); process.exit(3); }
          if (request.url === '/early') { response.writeHead(403); return response.end('not you'); }
          if (request.url === '/empty') { response.writeHead(204); return response.end(); }
          let length = 0, body = '';
          for await (const chunk of request) { length += chunk.length; if (length < 1000) body += chunk; }
          if (request.url === '/large') return response.end(Buffer.alloc(20e6, 'x'));
          response.writeHead(201, { 'content-type': 'application/json', 'x-two': ['a', 'b'], 'set-cookie': ['c=1', 'd=2'], 'x-name': 'ü' });
          response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, length, body }));
        }).listen(process.env.PORT);
        """;

    private static EngineHost Host => EngineHost.Shared;

    internal static FunctionSpec Program(string code = Node, string file = "server.js", string command = "node server.js") =>
        Host.Function("http", command, file, code) with { MemoryMb = 256, Timeout = TimeSpan.FromSeconds(30) };

    [Fact]
    public async Task Request_OfAnyKind_ArrivesAsItCame()
    {
        await using var url = await UrlHost.StartAsync(Host, Program());
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/a%20b/c?x=1&x=%2F") { Content = new StringContent("the body", Encoding.UTF8, "text/plain") };
        request.Headers.Host = "me.example";
        request.Headers.TryAddWithoutValidation("X-Own", ["one", "two"]);
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "6.6.6.6");
        request.Headers.TryAddWithoutValidation("X-Petrel-Deadline-Ms", "1");
        request.Headers.TryAddWithoutValidation("Connection", "x-hop");
        request.Headers.TryAddWithoutValidation("X-Hop", "1");
        using var answer = await url.Client.SendAsync(request);
        var told = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        var headers = told.GetProperty("headers");
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(("PATCH", "/a%20b/c?x=1&x=%2F", "the body"), (Text(told, "method"), Text(told, "url"), Text(told, "body")));
        Assert.Equal(("me.example", "127.0.0.1", "http"), (Text(headers, "host"), Text(headers, "x-forwarded-for"), Text(headers, "x-forwarded-proto")));
        Assert.Equal("one, two", Text(headers, "x-own"));
        Assert.True(long.Parse(Text(headers, "x-petrel-deadline-ms")) > 1);
        Assert.False(headers.TryGetProperty("x-hop", out _));
        Assert.Equal(["a", "b"], answer.Headers.GetValues("x-two"));
        Assert.Equal(["c=1", "d=2"], answer.Headers.GetValues("set-cookie"));
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.False(answer.Headers.Contains("keep-alive"));
    }

    [Fact]
    public async Task Request_OneAfterAnother_UsesOneConnectionAndInstance()
    {
        var function = Program("""
            let connections = 0, requests = 0;
            require('http').createServer((q, r) => r.end(`${connections} ${++requests}`)).on('connection', () => connections++).listen(process.env.PORT);
            """);
        await using var url = await UrlHost.StartAsync(Host, function);
        await url.Client.GetStringAsync("/"); // The first connection looked whether it listens.
        for (var i = 2; i < 20; i++)
        {
            Assert.EndsWith($" {i}", await url.Client.GetStringAsync("/"));
        }

        var connections = int.Parse((await url.Client.GetStringAsync("/")).Split(' ')[0]);
        Assert.InRange(connections, 2, 10); // An idle connection may be given up on a busy machine.
    }

    [Fact]
    public async Task Answer_Streamed_ArrivesAsItIsMade()
    {
        await using var url = await UrlHost.StartAsync(Host, Program(), reserved: 1);
        using (var answer = await url.Client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
            Assert.Equal("data: one", await reader.ReadLineAsync());
        }

        // Leaving ends the invocation, and the program learns of it; until then there is no other instance.
        var gone = "";
        while (gone != "true")
        {
            using var answer = await url.Client.GetAsync("/gone");
            gone = answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync() : "";
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 << 10)]
    [InlineData(5_000_000)]
    public async Task Body_OfAnyLength_ArrivesWhole(int length)
    {
        await using var url = await UrlHost.StartAsync(Host, Program());
        using var sized = await url.Client.PostAsync("/", new ByteArrayContent(new byte[length]));
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(new byte[length]) };
        chunked.Headers.TransferEncodingChunked = true;
        using var second = await url.Client.SendAsync(chunked);
        Assert.Equal((length, length), (await LengthAsync(sized), await LengthAsync(second)));
    }

    [Fact]
    public async Task Body_LongerThanTheLimit_IsRefused()
    {
        await using var url = await UrlHost.StartAsync(Host, Program());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(new byte[UrlHost.MaxBodyBytes + 1]) };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await url.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await url.Client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Answer_BeforeTheBodyWasRead_IsPassedOn()
    {
        await using var url = await UrlHost.StartAsync(Host, Program());
        using var answer = await url.Client.PostAsync("/early", new ByteArrayContent(new byte[1_000_000]));
        Assert.Equal((HttpStatusCode.Forbidden, "not you"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.Created, (await url.Client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Request_WhereSeveralAreAllowed_SharesAnInstance()
    {
        // It answers when all have come.
        var function = Program("""
            const waiting = [];
            require('http').createServer((q, r) => { waiting.push(r); if (waiting.length === 20) waiting.forEach((w) => w.end(String(waiting.length))); }).listen(process.env.PORT);
            """) with
        { InstanceConcurrency = 80 };
        await using var url = await UrlHost.StartAsync(Host, function);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => url.Client.GetStringAsync("/")));
        Assert.All(answers, a => Assert.Equal("20", a));
        Assert.Single(Host.Logs.Of(function), l => l.StartsWith("INIT_START", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_BeyondItsTimeAmongSeveral_FailsAlone()
    {
        var function = Program("""
            require('http').createServer((q, r) => { if (q.url === '/slow') return; setTimeout(() => r.end('quick'), 20); }).listen(process.env.PORT);
            """) with
        { InstanceConcurrency = 80, Timeout = TimeSpan.FromSeconds(2) };
        await using var url = await UrlHost.StartAsync(Host, function);
        var slow = url.Client.GetAsync("/slow");
        Assert.Equal("quick", await url.Client.GetStringAsync("/"));
        using var answer = await slow;
        Assert.Contains("Sandbox.Timedout", await answer.Content.ReadAsStringAsync());
        Assert.Equal("quick", await url.Client.GetStringAsync("/"));
    }

    [Fact]
    public async Task Answer_Large_IsNotHeld()
    {
        await using var url = await UrlHost.StartAsync(Host, Program());
        Assert.Equal(20_000_000, (await url.Client.GetByteArrayAsync("/large")).Length);
    }

    [Fact]
    public async Task Answer_WithoutBody_HasNone()
    {
        await using var url = await UrlHost.StartAsync(Host, Program());
        Assert.Equal(HttpStatusCode.NoContent, (await url.Client.GetAsync("/empty")).StatusCode);
        using var head = await url.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"));
        Assert.Equal((HttpStatusCode.Created, ""), (head.StatusCode, await head.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.Created, (await url.Client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Connection_ClosedWithoutAnswer_FailsTheRequestOnly()
    {
        var function = Program();
        await using var url = await UrlHost.StartAsync(Host, function);
        using var answer = await url.Client.PostAsync("/drop", new StringContent("x"));
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("Http.ConnectionBroken", await answer.Content.ReadAsStringAsync());
        Assert.Contains(Host.Logs.Of(function), l => l.Contains("gave no whole answer", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Created, (await url.Client.GetAsync("/")).StatusCode);
        Assert.Single(Host.Logs.Of(function), l => l.StartsWith("INIT_START", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connection_ClosedInTheMiddle_CutsTheAnswerOff()
    {
        await using var url = await UrlHost.StartAsync(Host, Program());
        await Assert.ThrowsAsync<HttpRequestException>(() => url.Client.GetStringAsync("/half"));
        Assert.Equal(HttpStatusCode.Created, (await url.Client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Program_ThatExits_FailsTheRequestAndStartsAgain()
    {
        var function = Program();
        await using var url = await UrlHost.StartAsync(Host, function);
        using var answer = await url.Client.GetAsync("/exit");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("Runtime exited with error: exit status 3", await answer.Content.ReadAsStringAsync());
        Assert.Contains("going", Host.Logs.Of(function));
        Assert.Equal(HttpStatusCode.Created, (await url.Client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Program_ThatSpeaksNoHttp_IsSaidSo()
    {
        var function = Program("""
            import os, socket
            server = socket.create_server(('', int(os.environ['PORT'])))
            while True:
                client = server.accept()[0]
                client.recv(10000)
                client.sendall(b'hello\r\n\r\n')
            """, "app.py", "python3 app.py");
        await using var url = await UrlHost.StartAsync(Host, function);
        using var answer = await url.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("what answers is not HTTP/1.1", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Server_OfPythonsLibrary_Answers()
    {
        // HTTP/1.0, one connection at a time, closes each.
        var function = Program("hello from a file", "index.html", "python3 -m http.server $PORT");
        await using var url = await UrlHost.StartAsync(Host, function);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("hello from a file", await url.Client.GetStringAsync("/index.html"));
        }
    }

    private static async Task<int> LengthAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("length").GetInt32();

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
