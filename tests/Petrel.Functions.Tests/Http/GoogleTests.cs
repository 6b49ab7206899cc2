using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Http;

/// <summary>How functions of Google's frameworks are started. The framework itself, as npm has it, is in the conformance tests.</summary>
public sealed class GoogleTests
{
    /// <summary>Stands in for the package of PyPI: a module of its name that is started the same way and keeps the same contract.</summary>
    private const string PythonStandIn = """
        import importlib, json, os, sys
        from http.server import BaseHTTPRequestHandler, HTTPServer
        sys.path.insert(0, os.getcwd())
        target = getattr(importlib.import_module("main"), os.environ["FUNCTION_TARGET"])
        class Server(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = json.dumps([os.environ["FUNCTION_SIGNATURE_TYPE"], target(json.loads(body))]).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(answer)
        HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Server).serve_forever()
        """;

    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Function_OfPython_IsStartedAsTheFrameworkIs()
    {
        var function = Host.Function("google-python", "hello", "main.py", "def hello(event): return event['name']") with { MemoryMb = 256 };
        var package = Directory.CreateDirectory(Path.Combine(function.CodeDirectory, "functions_framework"));
        await File.WriteAllTextAsync(Path.Combine(package.FullName, "__init__.py"), "");
        await File.WriteAllTextAsync(Path.Combine(package.FullName, "__main__.py"), PythonStandIn);
        Assert.Equal("""["http", "you"]""", (await Host.InvokeAsync(function, """{"name":"you"}""")).Payload);
        var cloud = function with { PoolKey = function.PoolKey + "-2", Environment = new Dictionary<string, string> { ["FUNCTION_SIGNATURE_TYPE"] = "cloudevent" } };
        Assert.Equal("""["cloudevent", "you"]""", (await Host.InvokeAsync(cloud, """{"name":"you"}""")).Payload);
    }

    [Theory]
    [InlineData("google-nodejs", "npm install @google-cloud/functions-framework")]
    [InlineData("google-python", "pip install --target .")]
    public async Task Function_WithoutItsFramework_SaysHowToGetIt(string runtime, string advice)
    {
        var (result, payload) = await Host.InvokeAsync(Host.Function(runtime, "hello", "main.py", ""));
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Contains(advice, payload);
    }

    [Fact]
    public async Task Function_OfAnUnknownSignature_IsRefused()
    {
        var function = Host.Function("google-python", "hello", "main.py", "") with { Environment = new Dictionary<string, string> { ["FUNCTION_SIGNATURE_TYPE"] = "queue" } };
        Directory.CreateDirectory(Path.Combine(function.CodeDirectory, "functions_framework"));
        Assert.Contains("FUNCTION_SIGNATURE_TYPE is http, cloudevent, event or typed. It is queue", (await Host.InvokeAsync(function)).Payload);
    }
}
