using System.Text;
using Petrel.Functions;
using Petrel.Functions.Tests.Engine;
using Petrel.Functions.Tests.Runtimes.Bootstraps;

namespace Petrel.Functions.Tests.Runtimes.Sandboxed;

/// <summary>The bootstraps in real sandboxes, where paths, mounts and limits are Lambda's.</summary>
public sealed class ManagedTests
{
    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Invoke_DotnetLibrary_AnswersAndLogs()
    {
        var function = Host.Function("dotnet8", "DotnetLibrary::Functions.Handlers::Log", "other", "") with
        {
            CodeDirectory = Path.Combine(RuntimesUnderTest.Root, "tests/Functions/DotnetLibrary/bin"),
            Timeout = TimeSpan.FromSeconds(30),
        };
        Assert.Equal("0", (await Host.InvokeAsync(function)).Payload);
        Assert.Contains(Host.Logs.Of(function), l => l.EndsWith("\tinfo\tone\ntwo", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invoke_NodeMakesMuchGarbage_StaysWithinItsMemory()
    {
        var function = Host.Node("exports.handler = async () => { let n = 0; for (let i = 0; i < 3000; i++) n += new Array(30000).fill(i).length; return n; };");
        var (result, payload) = await Host.InvokeAsync(function with { Timeout = TimeSpan.FromSeconds(20) });
        Assert.Equal((null, "90000000"), (result.FunctionError, payload));
    }

    [Fact]
    public async Task Invoke_NodeLayer_IsOnTheModulePath()
    {
        var layer = Host.Node("");
        var folder = Directory.CreateDirectory(Path.Combine(layer.CodeDirectory, "nodejs/node_modules/shared"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "index.js"), "module.exports = 'from a layer';");
        var function = Host.Node("const shared = require('shared'); exports.handler = async () => [shared, __dirname, process.cwd()];") with
        {
            LayerDirectories = [layer.CodeDirectory],
        };
        Assert.Equal("""["from a layer","/var/task","/var/task"]""", (await Host.InvokeAsync(function)).Payload);
    }

    [Fact]
    public async Task Invoke_PythonLayer_IsOnTheModulePath()
    {
        var layer = Host.Python("");
        Directory.CreateDirectory(Path.Combine(layer.CodeDirectory, "python"));
        await File.WriteAllTextAsync(Path.Combine(layer.CodeDirectory, "python/shared.py"), "value = 'from a layer'");
        var function = Host.Python("import shared\ndef handler(e, c): return [shared.value, __file__]") with { LayerDirectories = [layer.CodeDirectory] };
        Assert.Equal("""["from a layer", "/var/task/app.py"]""", (await Host.InvokeAsync(function)).Payload);
    }

    [Fact]
    public async Task Invoke_RubyLayer_BringsGemsAndFiles()
    {
        var layer = Host.Function("ruby3.3", "x", "x", "");
        Put("ruby/lib/plain.rb", "PLAIN = 'a file'");
        Put("ruby/gems/3.3.0/specifications/shared-1.0.gemspec",
            "Gem::Specification.new { |s| s.name = 'shared'; s.version = '1.0'; s.require_paths = ['lib']; s.summary = 'x'; s.authors = ['x']; s.files = [] }");
        Put("ruby/gems/3.3.0/gems/shared-1.0/lib/shared.rb", "SHARED = 'a gem'");
        var function = Host.Function("ruby3.3", "app.handler", "app.rb", "require 'plain'\nrequire 'shared'\nputs 'ö'\ndef handler(event:, context:) = [PLAIN, SHARED, __FILE__, Dir.pwd, 'ö']") with
        {
            LayerDirectories = [layer.CodeDirectory],
        };
        Assert.Equal("""["a file","a gem","/var/task/app.rb","/var/task","ö"]""", (await Host.InvokeAsync(function)).Payload);
        Assert.Contains("ö", Host.Logs.Of(function));

        void Put(string name, string text)
        {
            var path = Path.Combine(layer.CodeDirectory, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }

    [Theory]
    [InlineData("NameError", "Nothing", "Function<NameError>")]
    [InlineData("exit", "exit 3", "Function<SystemExit>")]
    public async Task Invoke_RubyErrorThatEndsTheProcess_GivesItAndAFreshInstance(string name, string statement, string type)
    {
        var function = Host.Function("ruby3.4", "app.handler", "app.rb", $"# {name}\ndef handler(event:, context:)\n  return @n = (@n || -1) + 1 unless event\n  {statement}\nend");
        Assert.Equal("0", (await Host.InvokeAsync(function, "false")).Payload);
        var (result, payload) = await Host.InvokeAsync(function, "true");
        Assert.Equal(("Unhandled", true), (result.FunctionError, payload.Contains($"\"errorType\":\"{type}\"", StringComparison.Ordinal)));
        Assert.Equal("0", (await Host.InvokeAsync(function, "false")).Payload);
    }

    [Theory]
    [InlineData("python3.8")]
    [InlineData("python3.13")]
    [InlineData("python3.14")]
    public async Task Invoke_ProgramOutsideTheSystem_IsMountedIntoTheSandbox(string runtime)
    {
        const string code =
            "import sys, ssl, sqlite3, subprocess\ndef handler(e, c): return subprocess.run([sys.executable, '-S', '-c', 'import sys; print(sys.version)'], capture_output=True).stdout.decode()";
        var function = Host.Function(runtime, "app.handler", "app.py", code) with { MemoryMb = 256, Timeout = TimeSpan.FromSeconds(20) };
        var (result, payload) = await Host.InvokeAsync(function);
        Assert.Null(result.FunctionError);
        Assert.StartsWith('"' + RuntimesUnderTest.Provider.Catalogue.Find(runtime)!.InstalledVersion, payload);
    }

    [Fact]
    public async Task Invoke_StreamingNode_ReachesTheCallerWhileItIsMade()
    {
        var function = Host.Node("exports.handler = awslambda.streamifyResponse(async (e, s) => { s.setContentType('text/plain'); s.write('a'); s.end('b'); });");
        var stream = new CollectedStream();
        var result = await Host.Engine.InvokeAsync(
            function,
            new Invocation
            {
                RequestId = "3f5c9a1e-0000-4000-8000-000000000002",
                Payload = "{}"u8.ToArray(),
                InvokedFunctionArn = function.FunctionArn,
                ResponseStream = stream,
            },
            new AdmissionLimits(null));
        Assert.Equal((null, 0, "text/plain", "ab"), (result.FunctionError, result.Payload.Length, stream.ContentType, stream.Text));
    }

    [Theory]
    [InlineData("Promise.reject(new Error('lost'));", "Runtime.UnhandledPromiseRejection")]
    [InlineData("setTimeout(() => { throw new RangeError('x'); });", "RangeError")]
    public async Task Invoke_NodeErrorThatNothingCatches_GivesItAndAFreshInstance(string statement, string type)
    {
        var function = Host.Node($"let n = 0; exports.handler = (e, c, cb) => {{ if (e) {{ {statement} }} else cb(null, n++); }};");
        Assert.Equal("0", (await Host.InvokeAsync(function, "false")).Payload);
        var (result, payload) = await Host.InvokeAsync(function, "true");
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.StartsWith($$"""{"errorType":"{{type}}",""", payload);
        Assert.Equal("0", (await Host.InvokeAsync(function, "false")).Payload);
    }

    [Fact]
    public async Task Invoke_FunctionWritesFramesOfItsOwn_LosesItsInstanceOnly()
    {
        // What a hostile function can do to the daemon: say anything on the socket.
        var function = Host.Python("""
            import os, socket
            def handler(event, context):
                s = socket.socket(fileno=os.dup(3))
                s.sendall(bytes(event))
                return 1
            """);
        byte[][] attacks = [[0, 0, 0, 0], [255, 255, 255, 255, 0x13], [1, 0, 0, 0, 0x99], [6, 0, 0, 0, 0x15, 1, 2, 3, 4, 5], [9, 0, 0, 0, 0x15, 4, 0, 0, 0, 1, 2, 3, 4], [1, 0, 0, 0, 0x16]];
        foreach (var attack in attacks)
        {
            var spec = function with { Timeout = TimeSpan.FromSeconds(2), PoolKey = function.PoolKey + Convert.ToHexString(attack) };
            var (result, payload) = await Host.InvokeAsync(spec, "[" + string.Join(',', attack) + "]");
            Assert.True(result.FunctionError == "Unhandled", Encoding.UTF8.GetString(attack) + payload);
        }
    }
}
