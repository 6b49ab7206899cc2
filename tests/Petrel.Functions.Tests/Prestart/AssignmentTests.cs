using System.Diagnostics;
using Petrel.Functions.Prestart;
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
        Assert.Equal(["take", "credentials", "mount", "init"], result.Report.Start.Parts.Select(p => p.Name));
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

    [Theory]
    [InlineData("NODE_OPTIONS", "--no-warnings")]
    [InlineData("LD_PRELOAD", "")]
    [InlineData("LANG", "C")]
    [InlineData("UV_THREADPOOL_SIZE", "8")]
    public void PlanBlank_VariableThatNodeReadsAtItsStart_IsATrueStart(string name, string value) =>
        Assert.Null(Hit.PlanOf(Host, Host.Node("") with { Environment = new Dictionary<string, string> { [name] = value } }));

    [Theory]
    [InlineData("python3.12", "PYTHONPATH")]
    [InlineData("python3.12", "AWS_LAMBDA_EXEC_WRAPPER")]
    [InlineData("dotnet8", "DOTNET_gcServer")]
    [InlineData("dotnet8", "COMPlus_TieredCompilation")]
    public void PlanBlank_VariableThatTheRuntimeReadsAtItsStart_IsATrueStart(string runtime, string name) =>
        Assert.Null(Hit.PlanOf(Host, Host.Function(runtime, "a::b::c", "x", "") with { Environment = new Dictionary<string, string> { [name] = "1" } }));

    [Theory]
    [InlineData("NODE_ENV")]
    [InlineData("TZ")]
    [InlineData("PATH")]
    [InlineData("AWS_NODEJS_CONNECTION_REUSE_ENABLED")]
    public void PlanBlank_VariableThatIsReadLate_DoesNotMatter(string name) =>
        Assert.NotNull(Hit.PlanOf(Host, Host.Node("") with { Environment = new Dictionary<string, string> { [name] = "UTC" } }));

    [Fact]
    public void PlanBlank_LayerWithExtensionsOrProgramOfItsOwn_IsATrueStart()
    {
        var layer = Host.Node("").CodeDirectory;
        Directory.CreateDirectory(Path.Combine(layer, "extensions"));
        Assert.Null(Hit.PlanOf(Host, Host.Node("") with { LayerDirectories = [layer] }));
        Assert.Null(Hit.PlanOf(Host, Host.Function("dotnet8", "Program", "Program.dll", "")));
    }

    [Fact]
    public void PlanBlank_SettingsOfDotnet_MakeTheClass()
    {
        string Key(string? settings)
        {
            var function = Host.Function("dotnet8", "App::App.F::Run", "App.dll", "");
            if (settings is not null)
            {
                File.WriteAllText(Path.Combine(function.CodeDirectory, "App.runtimeconfig.json"), settings);
            }

            return Hit.PlanOf(Host, function)!.Key;
        }

        const string plain = """{"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":"8.0.0"}}}""";
        const string server = """{"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":"8.0.0"},"configProperties":{"System.GC.Server":true}}}""";
        Assert.Equal(Key(plain), Key(plain));
        Assert.Equal(3, new[] { Key(null), Key(plain), Key(server) }.Distinct().Count());
        Assert.Equal(Key(null), Key("""{"runtimeOptions":{"includedFrameworks":[]}}""")); // a self-contained program's
    }

    [Fact]
    public void PlanBlank_MemorySize_MattersToNodeOnly()
    {
        Assert.NotEqual(Hit.PlanOf(Host, Host.Node("") with { MemoryMb = 256 })!.Key, Hit.PlanOf(Host, Host.Node(""))!.Key);
        Assert.Equal(Hit.PlanOf(Host, Host.Python("") with { MemoryMb = 256 })!.Key, Hit.PlanOf(Host, Host.Python(""))!.Key);
        Assert.Equal(Hit.PlanOf(Host, Host.Function("nodejs20.x", "a.b", "a.js", ""))!.Key, Hit.PlanOf(Host, Host.Node(""))!.Key);
    }

    [Fact]
    public async Task Invoke_VariablesThatAreReadLate_CountInEveryLanguage()
    {
        var environment = new Dictionary<string, string> { ["TZ"] = "Asia/Tokyo", ["PATH"] = "/mine:/usr/bin:/bin" };
        var node = Host.Node("exports.handler = async () => [new Date(0).getHours(), process.env.PATH, require('child_process').execSync('echo $PATH').toString().trim()];");
        Assert.Equal("""[9,"/mine:/usr/bin:/bin","/mine:/usr/bin:/bin"]""", (await Hit.InvokeAsync(Host, node with { Environment = environment })).Payload);
        var python = Host.Python("""
            import os, subprocess, time
            def handler(event, context):
                return [time.localtime(0).tm_hour, os.environ["PATH"], subprocess.check_output("echo $PATH", shell=True).decode().strip()]
            """);
        Assert.Equal("""[9, "/mine:/usr/bin:/bin", "/mine:/usr/bin:/bin"]""", (await Hit.InvokeAsync(Host, python with { Environment = environment })).Payload);
    }

    [Fact]
    public async Task Invoke_NothingButTheFunctionsVariables_IsThere()
    {
        const string print = "import os\ndef handler(event, context): return sorted(os.environ)";
        var python = Host.Python(print);
        var hit = (await Hit.InvokeAsync(Host, python)).Payload;
        var launched = await EngineHost.Shared.InvokeAsync(EngineHost.Shared.Python(print));
        Assert.Equal(StartKind.Launched, launched.Result.Report.Start!.Kind);
        Assert.Equal(launched.Payload, hit);

        const string list = "exports.handler = async () => Object.keys(process.env).sort();";
        Assert.Equal((await EngineHost.Shared.InvokeAsync(EngineHost.Shared.Node(list))).Payload, (await Hit.InvokeAsync(Host, Host.Node(list))).Payload);
    }

    [Fact]
    public async Task Invoke_LibraryInTheCode_IsFoundByTheLinker()
    {
        // The linker of a process that started without /var/task/lib must not have forgotten the folder.
        var function = Host.Python("import ctypes\ndef handler(event, context): return ctypes.CDLL('libmine.so').getpid() > 0");
        var lib = Directory.CreateDirectory(Path.Combine(function.CodeDirectory, "lib"));
        File.Copy(new[] { "/lib/x86_64-linux-gnu/libc.so.6", "/lib/aarch64-linux-gnu/libc.so.6", "/lib64/libc.so.6" }.First(File.Exists), Path.Combine(lib.FullName, "libmine.so"));
        Assert.Equal("true", (await Hit.InvokeAsync(Host, function)).Payload);
    }

    [Fact]
    public async Task Invoke_TmpLayersAndMemory_AreTheFunctions()
    {
        var layer = Host.Python("value = 'from a layer'");
        Directory.CreateDirectory(Path.Combine(layer.CodeDirectory, "python"));
        File.Move(Path.Combine(layer.CodeDirectory, "app.py"), Path.Combine(layer.CodeDirectory, "python/shared.py"));
        var function = Host.Python("""
            import os, shared
            def handler(event, context):
                s = os.statvfs("/tmp")
                return [shared.value, s.f_blocks * s.f_frsize >> 20, os.listdir("/tmp"), context.memory_limit_in_mb]
            """) with { LayerDirectories = [layer.CodeDirectory], EphemeralStorageMb = 1024, MemoryMb = 320 };
        Assert.Equal("""["from a layer", 1024, [], "320"]""", (await Hit.InvokeAsync(Host, function)).Payload);

        var bomb = Host.Python("def handler(event, context): return len(bytearray(200 << 20))") with { Timeout = TimeSpan.FromSeconds(20) };
        var (result, payload) = await Hit.InvokeAsync(Host, bomb);
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Contains("Runtime.OutOfMemory", payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_HandlerThatFailsToLoad_TellsSoAsEver()
    {
        var (result, payload) = await Hit.InvokeAsync(Host, Host.Node("throw new RangeError('broken');"));
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Contains("\"errorType\":\"RangeError\"", payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_WaitingProcessThatWasKilled_IsReplaced()
    {
        await using var host = new EngineHost(2000, prestart: new PrestartOptions());
        var function = host.Python("def handler(event, context): return 1");
        var plan = Hit.PlanOf(host, function)!;
        host.Prestart.Expect(plan, 128);
        await Eventually.IsTrueAsync(() => host.Prestart.WaitingFor(plan) > 0);
        foreach (var id in host.Prestart.ProcessIdsOf(plan))
        {
            Process.GetProcessById(id).Kill();
        }

        await Eventually.IsTrueAsync(() => host.Prestart.FailuresOf(plan) > 0 && host.Prestart.WaitingFor(plan) > 0);
        Assert.Equal("1", (await Hit.InvokeAsync(host, function)).Payload);
        Assert.Equal(0, host.Prestart.FailuresOf(plan));
    }

    [Fact]
    public async Task Expect_RuntimeThatCannotStart_IsTriedAgainLater()
    {
        await using var host = new EngineHost(2000, prestart: new PrestartOptions());
        var good = Hit.PlanOf(host, host.Python(""))!;
        var plan = new BlankPlan(good.Launch with { Command = ["/usr/bin/false"] });
        host.Prestart.Expect(plan, 128);
        await Eventually.IsTrueAsync(() => host.Prestart.FailuresOf(plan) == 2); // at once, and a second later
        Assert.Equal(0, host.Prestart.WaitingFor(plan));
    }

    [Fact]
    public async Task Dispose_ProcessesWait_NothingIsLeft()
    {
        var host = new EngineHost(2000, prestart: new PrestartOptions());
        var plan = Hit.PlanOf(host, host.Python(""))!;
        plan = plan with { Launch = plan.Launch with { Environment = new Dictionary<string, string> { ["MARK"] = "waits-to-be-left" } } };
        host.Prestart.Expect(plan, 128);
        host.Prestart.Expect(plan, 128);
        await Eventually.IsTrueAsync(() => host.Processes("MARK=waits-to-be-left") > 0);
        await host.DisposeAsync();
        await Eventually.IsTrueAsync(() => host.Processes("MARK=waits-to-be-left") == 0);
    }

    [Fact]
    public async Task Restart_DemandOfAnEarlierRun_IsRemembered()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("petrel-demand-").FullName, "prestart.json");
        var plan = Hit.PlanOf(Host, Host.Node(""))!;
        var demand = new RememberedDemand(plan, 3.5, DateTimeOffset.UnixEpoch.AddDays(20_000));
        new DemandFile(file).Write([demand]);
        var read = Assert.Single(new DemandFile(file).Read());
        Assert.Equal((plan.Key, demand.Count, demand.At), (read.Plan.Key, read.Count, read.At));
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("\"Build\":\"", "\"Build\":\"0", StringComparison.Ordinal));
        Assert.Empty(new DemandFile(file).Read()); // another build may start them in another way
        await File.WriteAllTextAsync(file, "{");
        Assert.Empty(new DemandFile(file).Read());
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }
}

/// <summary>Invokes functions when a process waits for them.</summary>
internal static class Hit
{
    public static BlankPlan? PlanOf(EngineHost host, FunctionSpec function)
    {
        var runtime = host.Runtimes.Catalogue.Find(function.Runtime)!;
        return host.Runtimes.AdapterFor(runtime)!.PlanBlank(function, runtime);
    }

    public static async Task<(InvocationResult Result, string Payload)> InvokeAsync(EngineHost host, FunctionSpec function, string payload = "{}")
    {
        var plan = PlanOf(host, function)!;
        for (var attempt = 0; ; attempt++)
        {
            host.Prestart.Expect(plan, 128);
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
