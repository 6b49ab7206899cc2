using System.Net;
using System.Text;
using Petrel.Conformance.Lambda;

namespace Petrel.Conformance.Http;

/// <summary>Programs that serve HTTP, made by boto3 and called by their URL and by events.</summary>
public sealed class ServerTests(Daemon daemon)
{
    private const string Server = """
        const http = require('http');
        http.createServer((request, response) => {
          if (request.url === '/exit') process.exit(1);
          if (request.method === 'POST' && request.headers['ce-id']) console.log('an event has come');
          response.setHeader('content-type', 'text/plain');
          response.end(`${request.method} ${request.url} ${request.headers['x-forwarded-prefix'] || ''}`);
        }).listen(process.env.PORT);
        """;

    [Fact]
    public async Task Program_OfNode_AnswersByUrlAndEvent()
    {
        var boto = daemon.NewBoto();
        await boto.CreateAsync("f", "http", "node server.js", Package.Zip(("server.js", Server)));
        var url = await boto.OpenUrlAsync("f");
        Assert.Equal("GET /a%20b?c=d ", await daemon.Http.GetStringAsync(new Uri(url, "/a%20b?c=d")));
        var byPath = new Uri(daemon.Endpoint, $"/_url/{url.Host.Split('.')[0]}/a?c=d");
        Assert.Equal($"GET /a?c=d {byPath.AbsolutePath[..^2]}", await daemon.Http.GetStringAsync(byPath));
        Assert.Equal("\"POST / \"", (await boto.InvokeAsync("f")).Text("Payload"));
    }

    [Fact]
    public async Task Program_ThatEnds_IsABadGateway()
    {
        var boto = daemon.NewBoto();
        await boto.CreateAsync("f", "http", "node server.js", Package.Zip(("server.js", Server)));
        var url = await boto.OpenUrlAsync("f");
        using var failed = await daemon.Http.GetAsync(new Uri(url, "/exit"));
        Assert.Equal((HttpStatusCode.BadGateway, """{"Message":"Internal Server Error"}"""), (failed.StatusCode, await failed.Content.ReadAsStringAsync()));
        Assert.Equal("Runtime.ExitError", failed.Headers.GetValues("x-amzn-ErrorType").Single());
        Assert.Equal("GET / ", await daemon.Http.GetStringAsync(url));
    }

    [Fact]
    public async Task Program_ThatTakesTooLong_IsAGatewayTimeout()
    {
        var boto = daemon.NewBoto();
        await boto.CreateAsync("f", "http", "node server.js", Package.Zip(("server.js", "require('http').createServer(() => {}).listen(process.env.PORT)")));
        await boto.CallAsync("update_function_configuration", new { FunctionName = "f", Timeout = 1 });
        await boto.WaitAsync("function_updated_v2", "f");
        using var failed = await daemon.Http.GetAsync(await boto.OpenUrlAsync("f"));
        Assert.Equal((HttpStatusCode.GatewayTimeout, """{"Message":"Gateway Timeout"}"""), (failed.StatusCode, await failed.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Request_ThatIsRefused_SaysWhy()
    {
        var boto = daemon.NewBoto();
        await boto.CreateAsync("f", "http", "node server.js", Package.Zip(("server.js", Server)));
        var url = await boto.OpenUrlAsync("f");
        using var upload = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(new byte[(6 << 20) + 1]) };
        upload.Headers.ExpectContinue = true;
        using var large = await daemon.Http.SendAsync(upload);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using var upgrade = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { { "Connection", "Upgrade" }, { "Upgrade", "websocket" } } };
        using var refused = await daemon.Http.SendAsync(upgrade);
        Assert.Equal(HttpStatusCode.NotImplemented, refused.StatusCode);
        Assert.Contains("WebSockets are not supported", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handler_WithABlank_IsForProgramsOnly()
    {
        var boto = daemon.NewBoto();
        var refused = await Assert.ThrowsAsync<ClientException>(() => boto.CreateAsync("f", BotoFunctions.NodeRuntime, "index handler", Package.Node("")));
        Assert.Contains("Value 'index handler' at 'handler' failed to satisfy constraint", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_ForAnAsynchronousEvent_GetsIt()
    {
        var boto = daemon.NewBoto();
        await boto.CreateAsync("f", "http", "node server.js", Package.Zip(("server.js", Server)));
        await boto.CallAsync("invoke", new { FunctionName = "f", InvocationType = "Event", Payload = "{}"u8.ToArray() });
        var groups = new { logGroupName = "/aws/lambda/f", filterPattern = "\"an event has come\"" };
        while (true)
        {
            try
            {
                if ((await boto.CallAsync("logs", "filter_log_events", groups)).GetProperty("events").GetArrayLength() > 0)
                {
                    return;
                }
            }
            catch (ClientException missing) when (missing.Code == "ResourceNotFoundException")
            {
                await Task.Yield(); // Its log begins with its instance.
            }
        }
    }
}
