using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Wasm;

/// <summary>WASI programs: the event on standard input, the answer on standard output.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task Invoke_Event_ComesOnInputAndGoesToOutput()
    {
        var (result, payload) = await WasmHost.Program(Programs.Echo).InvokeAsync("""{"name":"Ada"}""");

        Assert.Equal("""{"name":"Ada"}""", payload);
        Assert.Null(result.FunctionError);
    }

    [Fact]
    public async Task Invoke_LargeEvent_ComesWhole()
    {
        var text = $"\"{new string('x', 1_000_000)}\"";

        var (_, payload) = await WasmHost.Program(Programs.Echo).InvokeAsync(text);

        Assert.Equal(text, payload);
    }

    [Fact]
    public async Task Invoke_Again_FindsAFreshInstance()
    {
        var function = WasmHost.Program(
            """
            (i32.store8 (i32.const 1024) (i32.add (i32.load8_u (i32.const 1024)) (i32.const 1)))
            """ + Programs.Print(1, 1),
            Programs.Data("0"));

        var first = await function.InvokeAsync();
        var second = await function.InvokeAsync();

        Assert.Equal(("1", "1"), (first.Payload, second.Payload));
        Assert.Equal(first.Result.Report.LogStream, second.Result.Report.LogStream);
    }

    [Fact]
    public async Task Invoke_StandardError_IsTheLog()
    {
        var function = WasmHost.Program(Programs.Print(2, 6) + Programs.Print(1, 1), Programs.Data("hello\\n"));

        var (_, payload) = await function.InvokeAsync();

        Assert.Equal("h", payload);
        Assert.Contains("hello", EngineHost.Shared.Logs.Of(function));
    }

    [Fact]
    public async Task Invoke_Environment_IsTheFunctionsAndTellsTheRequest()
    {
        var function = WasmHost.Program(
            """
            (drop (call $environ_sizes_get (i32.const 16) (i32.const 20)))
            (drop (call $environ_get (i32.const 1024) (i32.const 65536)))
            (drop (call $write (i32.const 1) (i32.const 65536) (i32.load (i32.const 20))))
            """) with
        {
            Environment = new Dictionary<string, string> { ["GREETING"] = "grüße", ["DOTNET_STARTUP_HOOKS"] = "/var/task/x.dll", ["LD_PRELOAD"] = "/var/task/x.so" },
        };

        var (_, payload) = await function.InvokeAsync();

        var variables = payload.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("GREETING=grüße", variables);
        Assert.Contains("DOTNET_STARTUP_HOOKS=/var/task/x.dll", variables); // for the program to see; the worker has never had it
        Assert.Contains("AWS_LAMBDA_REQUEST_ID=3f5c9a1e-0000-4000-8000-000000000001", variables);
        Assert.Contains("AWS_REGION=us-east-1", variables);
        Assert.DoesNotContain(variables, v => v.StartsWith("PETREL_", StringComparison.Ordinal) || v.StartsWith("DOTNET_Tiered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invoke_ExitCode_IsAnError()
    {
        var function = WasmHost.Program(Programs.Print(1, 4) + "(call $proc_exit (i32.const 7))", Programs.Data("half"));

        var (result, payload) = await function.InvokeAsync();

        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Equal(
            """{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 3f5c9a1e-0000-4000-8000-000000000001 Error: Runtime exited with error: exit status 7"}""",
            payload);
    }

    [Fact]
    public async Task Invoke_ExitCodeZero_IsAnAnswer()
    {
        var function = WasmHost.Program(Programs.Print(1, 4) + "(call $proc_exit (i32.const 0))", Programs.Data("done"));

        Assert.Equal("done", (await function.InvokeAsync()).Payload);
    }

    [Theory]
    [InlineData("(unreachable)", "wasm `unreachable` instruction executed")]
    [InlineData("(drop (i32.div_u (i32.const 1) (local.get $i)))", "integer divide by zero")]
    [InlineData("(drop (i32.load (i32.const -4)))", "out of bounds memory access")]
    [InlineData("(call $forever)", "call stack exhausted")]
    public async Task Invoke_Trap_IsAnErrorWithItsPlaces(string body, string message)
    {
        var function = WasmHost.Program(body, "(func $forever (call $forever))");

        var (result, payload) = await function.InvokeAsync();
        var again = await function.InvokeAsync();

        Assert.Equal("Unhandled", result.FunctionError);
        Assert.StartsWith($$"""{"errorType":"Runtime.Trap","errorMessage":"{{message}}","stackTrace":["0x""", payload, StringComparison.Ordinal);
        Assert.Equal(payload, again.Payload);
        Assert.Equal(result.Report.LogStream, again.Result.Report.LogStream); // the worker stays
    }

    [Fact]
    public async Task Invoke_EndlessLoop_EndsAtTheTimeout()
    {
        var function = WasmHost.Program("(loop $again (br $again))") with { Timeout = TimeSpan.FromSeconds(1) };

        var (_, payload) = await function.InvokeAsync();

        Assert.Equal(
            """{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: 3f5c9a1e-0000-4000-8000-000000000001 Error: Task timed out after 1.00 seconds"}""",
            payload);
    }

    [Fact]
    public async Task Invoke_MemoryBomb_IsOutOfMemory()
    {
        var function = WasmHost.Program(
            """
            (loop $more
              (memory.fill (i32.mul (memory.grow (i32.const 16)) (i32.const 65536)) (i32.const 1) (i32.const 1048576))
              (br $more))
            """);

        var (_, payload) = await function.InvokeAsync();

        Assert.Contains("\"Runtime.OutOfMemory\"", payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_MemoryBeyondItsSize_IsNotGiven()
    {
        // 128 MB are 2,048 pages: the 20 that it begins with and 2,028 more, not one above.
        var function = WasmHost.Program(
            """
            (i32.store8 (i32.const 1024) (i32.add (i32.const 48) (i32.eq (memory.grow (i32.const 2029)) (i32.const -1))))
            (i32.store8 (i32.const 1025) (i32.add (i32.const 48) (i32.eq (memory.grow (i32.const 2028)) (i32.const 20))))
            """ + Programs.Print(1, 2));

        Assert.Equal("11", (await function.InvokeAsync()).Payload);
    }

    [Fact]
    public async Task Invoke_MoreMemoryFromTheStartThanItsSize_IsOutOfMemory()
    {
        var function = WasmHost.Program("", "(memory 3000)");

        Assert.Contains("\"Runtime.OutOfMemory\"", (await function.InvokeAsync()).Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_AnswerTooLong_IsAnError()
    {
        var function = WasmHost.Program(
            """
            (loop $again
              (drop (call $write (i32.const 1) (i32.const 65536) (i32.const 65536)))
              (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 97))))
            """);

        var (_, payload) = await function.InvokeAsync();

        Assert.Equal(
            """{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}""",
            payload);
    }

    [Fact]
    public async Task Invoke_EndlessAnswer_TakesNoMemoryForIt()
    {
        var function = WasmHost.Program("(loop $again (drop (call $write (i32.const 1) (i32.const 65536) (i32.const 65536))) (br $again))");

        var (result, payload) = await (function with { Timeout = TimeSpan.FromSeconds(2) }).InvokeAsync();

        Assert.Contains("Task timed out after 2.00 seconds", payload, StringComparison.Ordinal);
        Assert.InRange(result.Report.MaxMemoryUsedMb, 1, 127); // its answer has a bound of 64 MB
    }

    [Fact]
    public async Task Invoke_LongAnswer_ComesWhole()
    {
        var function = WasmHost.Program(
            """
            (memory.fill (i32.const 65536) (i32.const 97) (i32.const 1000000))
            (loop $again
              (drop (call $write (i32.const 1) (i32.const 65536) (i32.const 1000000)))
              (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 6))))
            """);

        Assert.Equal(6_000_000, (await function.InvokeAsync()).Payload.Length);
    }
}
