using System.Globalization;
using Petrel.Functions.Tests.Engine;
using Petrel.Functions.Tests.Prestart;

namespace Petrel.Functions.Tests.Wasm;

/// <summary>Workers that were up before their function was known.</summary>
public sealed class PrestartTests
{
    public PrestartTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "code is mounted late by root only");

    private static EngineHost Host => EngineHost.Prestarting;

    [Fact]
    public async Task Invoke_ProgramFromThePool_AnswersWithItsVariablesAndFiles()
    {
        // What opening its code for writing gives (it is there: not permitted), then whether /tmp can be written, then its variables.
        const string Body = """
            (drop (call $environ_sizes_get (i32.const 16) (i32.const 20)))
            (drop (call $environ_get (i32.const 1024) (i32.const 65538)))
            (i32.store8 (i32.const 65536) (i32.add (i32.const 48) (call $open (i32.const 4) (i32.const 2048) (i32.const 8) (i32.const 0))))
            (i32.store8 (i32.const 65537) (i32.add (i32.const 48) (call $open (i32.const 3) (i32.const 2048) (i32.const 8) (i32.const 1))))
            (drop (call $write (i32.const 1) (i32.const 65536) (i32.add (i32.const 2) (i32.load (i32.const 20)))))
            """;
        var function = Function(Programs.Of(Body, "(data (i32.const 2048) \"app.wasm\")")) with
        {
            Environment = new Dictionary<string, string> { ["MINE"] = "a value", ["LD_PRELOAD"] = "/var/task/no.so" },
        };

        var (result, payload) = await Hit.InvokeAsync(Host, function);

        Assert.Equal(StartKind.PreStarted, result.Report.Start!.Kind);
        Assert.StartsWith("o0", payload, StringComparison.Ordinal);
        Assert.Contains("MINE=a value\0", payload, StringComparison.Ordinal);
        Assert.Contains("LD_PRELOAD=/var/task/no.so\0", payload, StringComparison.Ordinal);
        Assert.DoesNotContain("PETREL_WARM", payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_ComponentFromThePool_Answers()
    {
        var (result, payload) = await Hit.InvokeAsync(Host, Function(ComponentTests.Component("string", ComponentTests.Echo)), "7");

        Assert.Equal("7", payload);
        Assert.Equal(StartKind.PreStarted, result.Report.Start!.Kind);
    }

    [Fact]
    public async Task Invoke_FunctionsOfDifferentMemory_ShareWorkersAndHaveTheirOwnLimits()
    {
        // The largest number of pages that it is given, in thousands.
        const string Body = """
            (loop $more (br_if $more (i32.ne (memory.grow (i32.const 100)) (i32.const -1))))
            (i32.store8 (i32.const 1024) (i32.add (i32.const 48) (i32.div_u (memory.size) (i32.const 1000))))
            """;
        foreach (var memoryMb in (int[])[128, 256, 512])
        {
            var function = Function(Programs.Of(Body + Programs.Print(1, 1))) with { MemoryMb = memoryMb };

            var (result, payload) = await Hit.InvokeAsync(Host, function);

            Assert.Equal((memoryMb * 16 / 1000).ToString(CultureInfo.InvariantCulture), payload);
            Assert.Equal(StartKind.PreStarted, result.Report.Start!.Kind);
        }
    }

    private static FunctionSpec Function(byte[] code)
    {
        var spec = Host.Function("wasm", "app.wasm", "app.wasm", "");
        File.WriteAllBytes(Path.Combine(spec.CodeDirectory, "app.wasm"), code);
        return spec with { Timeout = TimeSpan.FromSeconds(20) };
    }
}
