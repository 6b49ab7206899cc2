using System.Net;
using System.Text;
using System.Text.Json;
using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Http;

/// <summary>Actions of Apache OpenWhisk, in real sandboxes.</summary>
public sealed class OpenWhiskTests
{
    private const string Node = """
        function main(params) {
          if (params.fail) return Promise.reject({ statusCode: 418, body: 'teapot' });
          if (params.raise) throw new Error('it broke');
          if (params.web) return { statusCode: 201, headers: { 'x-mine': '1' }, body: params };
          if (params.image) return { headers: { 'Content-Type': 'image/png' }, body: Buffer.from([1, 2, 255]).toString('base64') };
          return { greeting: `Hello, ${params.name || 'stranger'}`, action: process.env.__OW_ACTION_NAME };
        }
        """;

    private const string Python = """
        import os
        def main(args):
            if args.get("raise"):
                raise ValueError("it broke")
            return {"greeting": f"Hello, {args.get('name', 'stranger')}", "activation": os.environ["__OW_ACTIVATION_ID"]}
        """;

    private static EngineHost Host => EngineHost.Shared;

    private static FunctionSpec Action(string file = "index.js", string code = Node, string runtime = "openwhisk-nodejs", string handler = "index.main") =>
        Host.Function(runtime, handler, file, code) with { MemoryMb = 256, Timeout = TimeSpan.FromSeconds(30) };

    [Fact]
    public async Task Event_OfANodeAction_IsItsArguments()
    {
        var action = Action();
        Assert.Equal($$"""{"greeting":"Hello, you","action":"/000000000000/{{action.Name}}"}""", (await Host.InvokeAsync(action, """{"name":"you"}""")).Payload);
        Assert.Contains("Hello, stranger", (await Host.InvokeAsync(action, "[1]")).Payload);
    }

    [Theory]
    [InlineData("index.mjs", "export const main = async (a) => ({ it: a.name });")]
    [InlineData("index.js", "exports.main = (a) => ({ it: a.name });")]
    [InlineData("index.js", "const { join } = require('path'); let main = (a) => ({ it: join('', a.name) }); global.main = main; exports.main = main")]
    public async Task Action_OfAnyKindOfModule_IsFound(string file, string code) =>
        Assert.Equal("""{"it":"you"}""", (await Host.InvokeAsync(Action(file, code), """{"name":"you"}""")).Payload);

    [Fact]
    public async Task Event_OfAPythonAction_IsItsArguments()
    {
        var action = Action("__main__.py", Python, "openwhisk-python", "__main__.main");
        var (result, payload) = await Host.InvokeAsync(action, """{"name":"you"}""");
        Assert.Equal((null, """{"greeting": "Hello, you", "activation": "3f5c9a1e000040008000000000000001"}"""), (result.FunctionError, payload));
        (result, payload) = await Host.InvokeAsync(action, """{"raise":1}""");
        Assert.Equal(("Unhandled", """{"errorType":"OpenWhisk.DeveloperError","errorMessage":"ValueError: it broke"}"""), (result.FunctionError, payload));
        Assert.Contains(Host.Logs.Of(action), l => l.Contains("ValueError: it broke", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Error_OfTheActionItself_IsAFunctionError()
    {
        var action = Action();
        var (result, payload) = await Host.InvokeAsync(action, """{"fail":1}""");
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Contains("OpenWhisk.ApplicationError", payload);
        Assert.Contains("Error: it broke", (await Host.InvokeAsync(action, """{"raise":1}""")).Payload);
        Assert.Contains("Hello, stranger", (await Host.InvokeAsync(action)).Payload);
    }

    [Fact]
    public async Task Request_OfAWebAction_GivesArgumentsAndTakesAnAnswer()
    {
        await using var url = await UrlHost.StartAsync(Host, Action());
        using var answer = await url.Client.PostAsync("/some/path?web=1&name=query", new StringContent("""{"name":"body","n":1}""", Encoding.UTF8, "application/json"));
        Assert.Equal((HttpStatusCode.Created, "1"), (answer.StatusCode, answer.Headers.GetValues("x-mine").Single()));
        var got = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(("body", 1, "post"), (got.GetProperty("name").GetString(), got.GetProperty("n").GetInt32(), got.GetProperty("__ow_method").GetString()));
        Assert.Equal("/some/path", got.GetProperty("__ow_path").GetString());
        Assert.Equal("application/json; charset=utf-8", got.GetProperty("__ow_headers").GetProperty("content-type").GetString());
        Assert.Equal([1, 2, 255], await url.Client.GetByteArrayAsync("/?image=1"));
        Assert.Contains("Hello, form", await (await url.Client.PostAsync("/", new FormUrlEncodedContent([new("name", "form")]))).Content.ReadAsStringAsync());
        Assert.Equal((HttpStatusCode)418, (await url.Client.GetAsync("/?fail=1")).StatusCode);
        Assert.Equal(HttpStatusCode.BadGateway, (await url.Client.GetAsync("/?raise=1")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await url.Client.GetAsync("/?__ow_method=x")).StatusCode);
    }

    [Fact]
    public async Task Action_ThatCannotBeLoaded_SaysWhy()
    {
        var (result, payload) = await Host.InvokeAsync(Action(handler: "index.other"));
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Equal("""{"errorType":"OpenWhisk.InitFailed","errorMessage":"Error: index.js has no function other"}""", payload);
        Assert.Contains("there is no file absent.js", (await Host.InvokeAsync(Action(handler: "absent.main"))).Payload);
    }

    [Fact]
    public async Task Program_ThatSpeaksTheProtocolItself_IsRun()
    {
        var program = Host.Function("openwhisk", "node proxy.js", "proxy.js", """
            require('http').createServer(async (q, r) => {
              let body = ''; for await (const c of q) body += c;
              r.end(q.url === '/init' ? '{}' : JSON.stringify({ got: JSON.parse(body).value, url: q.url }));
            }).listen(process.env.PORT);
            """) with
        { MemoryMb = 256 };
        Assert.Equal("""{"got":{"a":1},"url":"/run"}""", (await Host.InvokeAsync(program, """{"a":1}""")).Payload);
    }
}
