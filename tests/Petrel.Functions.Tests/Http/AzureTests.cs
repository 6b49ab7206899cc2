using System.Net;
using System.Text;
using System.Text.Json;
using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Http;

/// <summary>Custom handlers of Azure Functions, in real sandboxes.</summary>
public sealed class AzureTests
{
    private const string Trigger = """{"bindings":[{"type":"httpTrigger","direction":"in","name":"req","authLevel":"anonymous","methods":["get","post"]},{"type":"http","direction":"out","name":"res"}]}""";

    private const string Queue = """{"bindings":[{"type":"queueTrigger","direction":"in","name":"item","queueName":"work","connection":"X"}]}""";

    private const string Node = """
        const http = require('http');
        http.createServer(async (request, response) => {
          let body = ''; for await (const chunk of request) body += chunk;
          if (request.url.startsWith('/api/')) { response.setHeader('x-mine', '1'); return response.end(`${request.method} ${request.url} ${body}`); }
          const { Data, Metadata } = JSON.parse(body);
          response.setHeader('content-type', 'application/json');
          if (request.url === '/broken') return response.end('no json');
          if (request.url === '/work') return response.end(JSON.stringify({ Logs: ['worked'], ReturnValue: { got: Data.item, id: Metadata.Id } }));
          response.end(JSON.stringify({ Outputs: { res: { statusCode: 202, headers: { 'x-mine': '2' }, body: Data.req } }, Logs: ['seen'] }));
        }).listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT);
        """;

    private static EngineHost Host => EngineHost.Shared;

    private static FunctionSpec App(bool forwards, params (string Name, string Bindings)[] functions)
    {
        var app = Host.Function("azure-custom", "app", "server.js", Node) with { MemoryMb = 256, Timeout = TimeSpan.FromSeconds(30) };
        File.WriteAllText(Path.Combine(app.CodeDirectory, "host.json"), $$"""
            { // as the tools write it
              "version": "2.0",
              "customHandler": { "description": { "defaultExecutablePath": "node", "arguments": ["server.js"] }, "enableForwardingHttpRequest": {{(forwards ? "true" : "false")}} },
            }
            """);
        foreach (var (name, bindings) in functions)
        {
            Directory.CreateDirectory(Path.Combine(app.CodeDirectory, name));
            File.WriteAllText(Path.Combine(app.CodeDirectory, name, "function.json"), bindings);
        }

        return app;
    }

    [Fact]
    public async Task Request_OfAForwardingApp_IsPassedOn()
    {
        await using var url = await UrlHost.StartAsync(Host, App(forwards: true, ("Hello", Trigger)));
        using var answer = await url.Client.PostAsync("/api/Hello?a=1", new StringContent("body"));
        Assert.Equal("POST /api/Hello?a=1 body", await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await url.Client.GetAsync("/api/Other")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await url.Client.DeleteAsync("/api/Hello")).StatusCode);
    }

    [Fact]
    public async Task Request_OfAnotherApp_GoesInAnEnvelope()
    {
        var app = App(forwards: false, ("Hello", Trigger.Replace("\"methods\"", "\"route\":\"items/{id}\",\"methods\"", StringComparison.Ordinal)));
        await using var url = await UrlHost.StartAsync(Host, app);
        using var answer = await url.Client.PostAsync("/api/items/7?a=1", new StringContent("""{"b":2}""", Encoding.UTF8, "application/json"));
        Assert.Equal((HttpStatusCode.Accepted, "2"), (answer.StatusCode, answer.Headers.GetValues("x-mine").Single()));
        var got = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(("POST", """{"b":2}"""), (got.GetProperty("Method").GetString(), got.GetProperty("Body").GetString()));
        Assert.Equal(("7", "1"), (got.GetProperty("Params").GetProperty("id").GetString(), got.GetProperty("Query").GetProperty("a").GetString()));
        Assert.Equal("application/json; charset=utf-8", got.GetProperty("Headers").GetProperty("Content-Type")[0].GetString());
        Assert.Contains("seen", Host.Logs.Of(app));
    }

    [Fact]
    public async Task Event_OfAQueueFunction_IsItsData()
    {
        var app = App(forwards: true, ("Hello", Trigger), ("work", Queue)) with { Handler = "work" };
        var (result, payload) = await Host.InvokeAsync(app, """{"n":1}""");
        Assert.Equal((null, """{"got":{"n":1},"id":"3f5c9a1e-0000-4000-8000-000000000001"}"""), (result.FunctionError, payload));
        Assert.Contains("worked", Host.Logs.Of(app));
    }

    [Fact]
    public async Task Event_WithoutAFunctionForIt_SaysWhichThereAre()
    {
        var (result, payload) = await Host.InvokeAsync(App(forwards: true, ("A", Trigger), ("B", Queue)));
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Contains("several functions (A, B)", payload);
    }

    [Fact]
    public async Task Answer_ThatIsNoResult_IsAnError()
    {
        var app = App(forwards: false, ("broken", Queue));
        var (result, payload) = await Host.InvokeAsync(app);
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Contains("Azure.BadAnswer", payload);
    }

    [Fact]
    public async Task Function_WithAKey_AsksForIt()
    {
        var closed = App(forwards: true, ("Hello", Trigger.Replace("anonymous", "function", StringComparison.Ordinal)));
        Assert.Contains("PETREL_AZURE_KEY", (await Host.InvokeAsync(closed)).Payload);
        var open = closed with { PoolKey = closed.PoolKey + "-key", Environment = new Dictionary<string, string> { ["PETREL_AZURE_KEY"] = "secret" } };
        await using var url = await UrlHost.StartAsync(Host, open);
        Assert.Equal(HttpStatusCode.Unauthorized, (await url.Client.GetAsync("/api/Hello?code=wrong")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await url.Client.GetAsync("/api/Hello?code=secret")).StatusCode);
    }

    [Theory]
    [InlineData("""{"bindings":[{"type":"queueTrigger","direction":"in","name":"q"},{"type":"blob","direction":"out","name":"b"}]}""", "a binding of type blob")]
    [InlineData("""{"bindings":[]}""", "0 triggers")]
    [InlineData("""{"bindings":[{"type":"httpTrigger","direction":"in","name":"r","authLevel":"anonymous","route":"{id:int}"}]}""", "constraint on id")]
    [InlineData("{", "is not JSON")]
    public async Task App_ThatAsksForMore_IsRefusedByName(string bindings, string reason)
    {
        var (result, payload) = await Host.InvokeAsync(App(forwards: true, ("F", bindings)));
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Contains(reason, payload);
    }
}
