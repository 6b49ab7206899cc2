using System.Net;
using System.Text;
using System.Text.Json;
using Petrel.Conformance.Lambda;

namespace Petrel.Conformance.Http;

/// <summary>Google's functions-framework for Node.js, as npm has it, run unchanged; called by its URL and by boto3.</summary>
public sealed class FrameworkTests(Daemon daemon)
{
    private const string Registered = """
        const functions = require('@google-cloud/functions-framework');
        functions.http('hello', (request, response) => {
          response.set('x-mine', '1').status(201).send({ hello: request.query.name || request.body.name, path: request.path });
        });
        functions.cloudEvent('seen', (event) => { console.log(`seen ${event.id} of ${event.type} with ${JSON.stringify(event.data)}`); });
        """;

    [Fact]
    public async Task HttpFunction_ByUrlAndInvoke_Answers()
    {
        var boto = daemon.NewBoto();
        await CreateAsync(boto, "hello", Registered);
        var url = await boto.OpenUrlAsync("f");
        using var answer = await daemon.Http.GetAsync(new Uri(url, "/some/path?name=you"));
        Assert.Equal((HttpStatusCode.Created, "1"), (answer.StatusCode, answer.Headers.GetValues("x-mine").Single()));
        Assert.Equal("""{"hello":"you","path":"/some/path"}""", await answer.Content.ReadAsStringAsync());
        using var posted = await daemon.Http.PostAsync(url, new StringContent("""{"name":"me"}""", Encoding.UTF8, "application/json"));
        Assert.Equal("""{"hello":"me","path":"/"}""", await posted.Content.ReadAsStringAsync());
        Assert.Equal("""{"hello":"it","path":"/"}""", (await boto.InvokeAsync("f", """{"name":"it"}""")).Text("Payload"));
    }

    [Fact]
    public async Task CloudEventFunction_ByInvoke_GetsCloudEvents()
    {
        var boto = daemon.NewBoto();
        await CreateAsync(boto, "seen", Registered);
        Assert.Contains("of dev.petrel.function.invoked with {\"a\":1}", await TailAsync(boto, """{"a":1}"""), StringComparison.Ordinal);
        var own = """{"specversion":"1.0","id":"7","source":"/mine","type":"com.example.made","data":{"b":2}}""";
        Assert.Contains("seen 7 of com.example.made with {\"b\":2}", await TailAsync(boto, own), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BackgroundFunction_ByInvoke_GetsDataAndContext()
    {
        var boto = daemon.NewBoto();
        const string code = "exports.old = (data, context) => { console.log(`${data.a} by ${context.eventType}`); };";
        await CreateAsync(boto, "old", code, new Dictionary<string, string> { ["FUNCTION_SIGNATURE_TYPE"] = "event" });
        Assert.Contains("1 by dev.petrel.function.invoked", await TailAsync(boto, """{"a":1}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HttpFunction_ThatThrows_IsAFunctionError()
    {
        var boto = daemon.NewBoto();
        await CreateAsync(boto, "f", "exports.f = () => { throw new Error('no'); };");
        var result = await boto.InvokeAsync("f");
        Assert.Equal("Unhandled", result.Text("FunctionError"));
        Assert.Equal("Http.500", JsonDocument.Parse(result.Text("Payload")!).RootElement.Text("errorType"));
    }

    private static async Task<string> TailAsync(Client boto, string payload)
    {
        var result = await boto.CallAsync("invoke", new { FunctionName = "f", LogType = "Tail", Payload = Encoding.UTF8.GetBytes(payload) });
        Assert.Null(result.Text("FunctionError"));
        return Encoding.UTF8.GetString(Convert.FromBase64String(result.Text("LogResult")!));
    }

    private static async Task CreateAsync(Client boto, string target, string code, Dictionary<string, string>? variables = null)
    {
        var folder = await Daemon.FrameworkAsync();
        var zip = Package.Zip(Path.Combine(folder, "node_modules"), "node_modules/", [("index.js", code), ("package.json", """{"main":"index.js"}""")]);
        await boto.CallAsync("create_function", new
        {
            FunctionName = "f",
            Runtime = "google-nodejs",
            Handler = target,
            Role = boto.Role(),
            Timeout = 20,
            MemorySize = 256,
            Environment = new { Variables = variables ?? [] },
            Code = new { ZipFile = zip },
        });
        await boto.WaitAsync("function_active_v2", "f");
    }
}
