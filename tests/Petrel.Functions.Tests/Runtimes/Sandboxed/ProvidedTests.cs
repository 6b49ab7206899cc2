using System.Diagnostics;
using System.Text.Json;
using Petrel.Functions;
using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Runtimes.Sandboxed;

/// <summary>Functions that bring their own runtime, in real sandboxes.</summary>
public sealed class ProvidedTests
{
    private const string Curl = """
        #!/bin/sh
        API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
        while true; do
          EVENT=$(curl -sS -D /tmp/headers "$API/invocation/next")
          ID=$(grep -i lambda-runtime-aws-request-id /tmp/headers | tr -d '[:space:]' | cut -d: -f2)
          echo "handling $ID"
          curl -sS "$API/invocation/$ID/response" -d "{\"shell\":$EVENT}" > /dev/null
        done
        """;

    private static readonly Lazy<Task<byte[]>> Native = new(CompileAsync);

    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Invoke_ShellScriptWithCurl_Answers()
    {
        var function = Host.Function("provided.al2023", "x", "bootstrap", Curl);
        for (var i = 0; i < 3; i++)
        {
            var (result, payload) = await Host.InvokeAsync(function, i.ToString());
            Assert.Equal((null, $$"""{"shell":{{i}}}"""), (result.FunctionError, payload));
        }

        Assert.Equal(3, Host.Logs.Of(function).Count(l => l.StartsWith("handling ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Invoke_CompiledProgram_AnswersAndFails()
    {
        var function = await NativeAsync("provided.al2");
        Assert.Equal("""{"native":{"é":1}}""", (await Host.InvokeAsync(function, """{"é":1}""")).Payload);
        var (failed, error) = await Host.InvokeAsync(function, "\"fail\"");
        Assert.Equal(("Unhandled", """{"errorMessage":"it failed","errorType":"NativeError"}"""), (failed.FunctionError, error));
        var large = $"\"{new string('x', 6_000_000)}\"";
        Assert.Equal($$"""{"native":{{large}}}""", (await Host.InvokeAsync(function, large)).Payload);
        Assert.Equal("""{"native":2}""", (await Host.InvokeAsync(function, "2")).Payload);
    }

    [Fact]
    public async Task Invoke_BootstrapInALayer_IsFound()
    {
        var layer = await NativeAsync("provided");
        var function = Host.Function("provided.al2023", "x", "data.txt", "") with { LayerDirectories = [layer.CodeDirectory] };
        Assert.Equal("""{"native":1}""", (await Host.InvokeAsync(function, "1")).Payload);
    }

    [Fact]
    public async Task Invoke_DotnetProgram_IsItsOwnRuntimeClient()
    {
        var function = Host.Function("dotnet10", "DotnetProgram", "other", "") with
        {
            CodeDirectory = Path.Combine(RuntimesUnderTest.Root, "tests/Functions/DotnetProgram/bin"),
            MemoryMb = 512,
            Timeout = TimeSpan.FromSeconds(30),
        };
        Assert.Equal("""{"program":[1]}""", (await Host.InvokeAsync(function, "[1]")).Payload);
        Assert.Equal("""{"program":2}""", (await Host.InvokeAsync(function, "2")).Payload);
    }

    [Fact]
    public async Task Invoke_ManagedRuntimeWithItsOwnClient_IsServedByTheApi()
    {
        // A wrapper that never runs the bootstrap it is given.
        var native = await NativeAsync("provided");
        var function = native with
        {
            Runtime = "nodejs20.x",
            Handler = "index.handler",
            Environment = new Dictionary<string, string> { ["AWS_LAMBDA_EXEC_WRAPPER"] = "/var/task/bootstrap" },
        };
        Assert.Equal("""{"native":1}""", (await Host.InvokeAsync(function, "1")).Payload);
        Assert.Equal("""{"native":2}""", (await Host.InvokeAsync(function, "2")).Payload);
    }

    [Theory]
    [InlineData("nodejs22.x", "index.handler", "index.js", "exports.handler = async () => process.env.WRAPPED;")]
    [InlineData("python3.13", "app.handler", "app.py", "import os\ndef handler(e, c): return os.environ['WRAPPED']")]
    public async Task Invoke_ExecWrapper_RunsTheRuntime(string runtime, string handler, string file, string code)
    {
        var function = Host.Function(runtime, handler, file, code) with
        {
            Environment = new Dictionary<string, string> { ["AWS_LAMBDA_EXEC_WRAPPER"] = "/var/task/wrapper" },
        };
        var wrapper = Path.Combine(function.CodeDirectory, "wrapper");
        await File.WriteAllTextAsync(wrapper, "#!/bin/bash\nexport WRAPPED=\"by $#\"\nexec \"$@\"\n");
        File.SetUnixFileMode(wrapper, (UnixFileMode)0x1ed);
        var (_, payload) = await Host.InvokeAsync(function);
        Assert.StartsWith("by ", JsonDocument.Parse(payload).RootElement.GetString());
    }

    [Fact]
    public async Task Invoke_ExecWrapperMissing_ExitsWith127()
    {
        var function = Host.Python("def handler(e, c): return 1") with
        {
            Environment = new Dictionary<string, string> { ["AWS_LAMBDA_EXEC_WRAPPER"] = "/idontexist" },
        };
        var (result, payload) = await Host.InvokeAsync(function);
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.EndsWith("Error: Runtime exited with error: exit status 127\"}", payload);
    }

    private static async Task<FunctionSpec> NativeAsync(string runtime)
    {
        var function = Host.Function(runtime, "x", "bootstrap", "");
        await File.WriteAllBytesAsync(Path.Combine(function.CodeDirectory, "bootstrap"), await Native.Value);
        return function;
    }

    private static async Task<byte[]> CompileAsync()
    {
        var folder = Directory.CreateTempSubdirectory("petrel-native-");
        var target = Path.Combine(folder.FullName, "bootstrap");
        using var compiler = Process.Start("cc", ["-O1", "-D_GNU_SOURCE", "-o", target, Path.Combine(RuntimesUnderTest.Root, "tests/Functions/Native/bootstrap.c")]);
        await compiler.WaitForExitAsync();
        Assert.Equal(0, compiler.ExitCode);
        var program = await File.ReadAllBytesAsync(target);
        folder.Delete(recursive: true);
        return program;
    }
}
