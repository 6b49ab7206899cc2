using System.Text.Json;
using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Http;

/// <summary>Events for programs that serve HTTP.</summary>
public sealed class EventTests
{
    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Event_OfAnyKind_IsPostedAsACloudEvent()
    {
        var function = ForwardTests.Program();
        var (result, payload) = await Host.InvokeAsync(function, """{"é":1}""");
        var told = JsonDocument.Parse(payload).RootElement;
        var headers = told.GetProperty("headers");
        Assert.Null(result.FunctionError);
        Assert.Equal(("POST", "/", """{"é":1}"""), (Text(told, "method"), Text(told, "url"), Text(told, "body")));
        Assert.Equal(("1.0", "3f5c9a1e-0000-4000-8000-000000000001"), (Text(headers, "ce-specversion"), Text(headers, "ce-id")));
        Assert.Equal((function.FunctionArn, "dev.petrel.function.invoked"), (Text(headers, "ce-source"), Text(headers, "ce-type")));
        Assert.Equal(("application/json", "3f5c9a1e-0000-4000-8000-000000000001"), (Text(headers, "content-type"), Text(headers, "x-petrel-request-id")));
    }

    [Fact]
    public async Task Event_ThatIsACloudEvent_KeepsItsAttributes()
    {
        var (_, payload) = await Host.InvokeAsync(ForwardTests.Program(), """
            {"specversion":"1.0","id":"i 1","source":"/mine","type":"com.example","datacontenttype":"text/plain","extension":7,"data":"hello"}
            """);
        var told = JsonDocument.Parse(payload).RootElement;
        var headers = told.GetProperty("headers");
        Assert.Equal(("hello", "text/plain"), (Text(told, "body"), Text(headers, "content-type")));
        Assert.Equal(("i%201", "/mine", "com.example", "7"), (Text(headers, "ce-id"), Text(headers, "ce-source"), Text(headers, "ce-type"), Text(headers, "ce-extension")));
    }

    [Fact]
    public async Task Event_WithAPathOfItsOwn_GoesThere()
    {
        var function = ForwardTests.Program() with { Environment = new Dictionary<string, string> { ["PETREL_HTTP_EVENT_PATH"] = "/events?a=1" } };
        Assert.Contains("\"url\":\"/events?a=1\"", (await Host.InvokeAsync(function)).Payload);
    }

    [Theory]
    [InlineData("r.end('{\"a\": 1}')", """{"a": 1}""")]
    [InlineData("r.end('plain text')", "\"plain text\"")]
    [InlineData("r.end(Buffer.from([255, 0]))", "\"/wA=\"")]
    [InlineData("r.writeHead(204); r.end()", "null")]
    public async Task Answer_OfAnyKind_IsJson(string statement, string expected)
    {
        var function = ForwardTests.Program($"require('http').createServer((q, r) => {{ {statement} }}).listen(process.env.PORT)");
        var (result, payload) = await Host.InvokeAsync(function);
        Assert.Equal((null, expected), (result.FunctionError, payload));
    }

    [Fact]
    public async Task Answer_WithAnErrorStatus_IsAFunctionError()
    {
        var function = ForwardTests.Program("require('http').createServer((q, r) => { r.writeHead(500); r.end('{\"why\":1}') }).listen(process.env.PORT)");
        var (result, payload) = await Host.InvokeAsync(function);
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Equal(
            """{"errorType":"Http.500","errorMessage":"The program answered 500 Internal Server Error","statusCode":500,"body":{"why":1}}""", payload);
    }

    [Fact]
    public async Task Answer_LongerThanAResultMayBe_IsTooLarge()
    {
        var function = ForwardTests.Program("require('http').createServer((q, r) => r.end(Buffer.alloc(7e6, '1'))).listen(process.env.PORT)");
        Assert.Contains("Function.ResponseSizeTooLarge", (await Host.InvokeAsync(function)).Payload);
        Assert.Contains("Function.ResponseSizeTooLarge", (await Host.InvokeAsync(function)).Payload);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
