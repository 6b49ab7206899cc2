using System.Diagnostics;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Tests.Engine;
using Petrel.Functions.Tests.Runtimes;
using Petrel.Testing;

namespace Petrel.Functions.Tests.Prestart;

/// <summary>What a function finds in a sandbox that was there before it.</summary>
public sealed class AssignmentTests
{
    public AssignmentTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "code is mounted late by root only");

    private static EngineHost Host => EngineHost.Prestarting;

    [Fact]
    public async Task Invoke_PythonFromThePool_AnswersWithItsCodeAndEnvironment()
    {
        var function = Host.Python("""
            import os
            def handler(event, context):
                return [event, os.environ["MINE"], open("/var/task/app.py").readline(), os.getcwd(), context.function_name]
            """) with { Environment = new Dictionary<string, string> { ["MINE"] = "a value" } };
        var (result, payload) = await Hit.InvokeAsync(Host, function, "7");
        Assert.Equal($"""[7, "a value", "import os\n", "/var/task", "{function.Name}"]""", payload);
        Assert.Equal(StartKind.PreStarted, result.Report.Start!.Kind);
        Assert.Equal(["credentials", "take", "mount", "init"], result.Report.Start.Parts.Select(p => p.Name));
    }

    [Theory]
    [InlineData("index.js", "exports.handler = async (event) =>")]
    [InlineData("index.mjs", "export const handler = async (event) =>")]
    public async Task Invoke_NodeFromThePool_AnswersWithItsCodeAndEnvironment(string file, string head)
    {
        var function = Host.Function("nodejs22.x", "index.handler", file, head + " [event, process.env.MINE, process.cwd(), process.env.PETREL_WARM];") with
        {
            Environment = new Dictionary<string, string> { ["MINE"] = "a value" },
        };
        var (result, payload) = await Hit.InvokeAsync(Host, function, "7");
        Assert.Equal("""[7,"a value","/var/task",null]""", payload);
        Assert.Equal(StartKind.PreStarted, result.Report.Start!.Kind);
    }

    [Fact]
    public async Task Invoke_DotnetFromThePool_AnswersWithItsCode()
    {
        var function = Host.Function("dotnet8", "DotnetLibrary::Functions.Handlers::Log", "other", "") with
        {
            CodeDirectory = Path.Combine(RuntimesUnderTest.Root, "tests/Functions/DotnetLibrary/bin"),
            Timeout = TimeSpan.FromSeconds(30),
        };
        var (result, payload) = await Hit.InvokeAsync(Host, function);
        Assert.Equal("0", payload);
        Assert.Equal(StartKind.PreStarted, result.Report.Start!.Kind);
        Assert.Contains(Host.Logs.Of(function), l => l.EndsWith("\tinfo\tone\ntwo", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invoke_RubyFromThePool_AnswersWithItsCodeAndEnvironment()
    {
        var function = Host.Function("ruby3.3", "app.handler", "app.rb",
            "puts 'é'\ndef handler(event:, context:) = [event, ENV['MINE'], `printenv MINE`, Dir.pwd, context.function_name, ENV.key?('PETREL_WARM'), ENV['GEM_PATH'].size > 9]") with
        {
            Environment = new Dictionary<string, string> { ["MINE"] = "ä value" },
        };
        var (result, payload) = await Hit.InvokeAsync(Host, function, "7");
        Assert.Equal($"""[7,"ä value","ä value\n","/var/task","{function.Name}",false,true]""", payload);
        Assert.Equal(StartKind.PreStarted, result.Report.Start!.Kind);
        Assert.Contains("é", Host.Logs.Of(function));
    }

    [Fact]
    public async Task Invoke_JavaFromThePool_AnswersWithItsCodeAndEnvironment()
    {
        var function = Host.Function("java17", "functions.Handlers::environment", "other", "") with
        {
            CodeDirectory = JavaFunctions.Folder,
            MemoryMb = 256,
            Environment = new Dictionary<string, string> { ["X"] = "ä value", ["TZ"] = "Asia/Tokyo" },
        };
        var (result, payload) = await Hit.InvokeAsync(Host, function);
        Assert.StartsWith("""["ä value",true,"Asia/Tokyo","ä value",2""", payload);
        Assert.Equal(StartKind.PreStarted, result.Report.Start!.Kind);
    }
}

/// <summary>Invokes functions when a process waits for them.</summary>
internal static class Hit
{
    public static async Task<(InvocationResult Result, string Payload)> InvokeAsync(EngineHost host, FunctionSpec function, string payload = "{}")
    {
        var runtime = host.Runtimes.Catalogue.Find(function.Runtime)!;
        var plan = host.Runtimes.AdapterFor(runtime)!.PlanBlank(function, runtime)!;
        for (var attempt = 0; ; attempt++)
        {
            host.Prestart.Expect(plan);
            await Eventually.IsTrueAsync(() => host.Prestart.WaitingFor(plan) > 0);
            var answer = await host.InvokeAsync(function with { PoolKey = $"{function.PoolKey}-{attempt}" }, payload);
            if (attempt == 5)
            {
                Assert.Fail($"it was launched: {answer.Result.Report.Start?.Why}");
            }

            if (answer.Result.Report.Start is { Kind: StartKind.PreStarted })
            {
                return answer; // else another test has taken it
            }
        }
    }
}
