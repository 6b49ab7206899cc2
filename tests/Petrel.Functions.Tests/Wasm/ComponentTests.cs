namespace Petrel.Functions.Tests.Wasm;

/// <summary>Components that export a handler.</summary>
public sealed class ComponentTests
{
    [Fact]
    public async Task Invoke_Handler_GetsTheEventAndGivesTheAnswer()
    {
        var (result, payload) = await WasmHost.Function(Component("string", Echo)).InvokeAsync("""{"name":"Ada"}""");

        Assert.Equal("""{"name":"Ada"}""", payload);
        Assert.Null(result.FunctionError);
    }

    [Fact]
    public async Task Invoke_NamedExport_IsCalled()
    {
        var function = WasmHost.Function(Component("string", Echo, "greet"), "app.wasm:greet");

        Assert.Equal("1", (await function.InvokeAsync("1")).Payload);
    }

    [Theory]
    [InlineData(0, null, "hello")]
    [InlineData(1, "Unhandled", """{"errorType":"Error","errorMessage":"hello"}""")]
    public async Task Invoke_ResultHandler_GivesAnswerOrError(int isError, string? error, string expected)
    {
        // The result lies in memory: which case, then the text's place and length.
        var code = $"""
            (i32.store8 (i32.const 16) (i32.const {isError}))
            (i32.store (i32.const 20) (i32.const 1024)) (i32.store (i32.const 24) (i32.const 5))
            (i32.const 16)
            """;

        var (result, payload) = await WasmHost.Function(Component("(result string (error string))", code)).InvokeAsync();

        Assert.Equal((expected, error), (payload, result.FunctionError));
    }

    [Fact]
    public async Task Invoke_Again_FindsTheSameInstance()
    {
        const string Count = """
            (i32.store8 (i32.const 1024) (i32.add (i32.load8_u (i32.const 1024)) (i32.const 1)))
            (i32.store (i32.const 16) (i32.const 1024)) (i32.store (i32.const 20) (i32.const 1))
            (i32.const 16)
            """;
        var function = WasmHost.Function(Component("string", Count));

        Assert.Equal(("i", "j"), ((await function.InvokeAsync()).Payload, (await function.InvokeAsync()).Payload));
    }

    [Fact]
    public async Task Invoke_Trap_IsAnErrorAndTheInstanceIsReplaced()
    {
        const string CountThenTrap = """
            (i32.store8 (i32.const 1024) (i32.add (i32.load8_u (i32.const 1024)) (i32.const 1)))
            (if (i32.eq (i32.load8_u (i32.const 1024)) (i32.const 106)) (then (unreachable)))
            (i32.store (i32.const 16) (i32.const 1024)) (i32.store (i32.const 20) (i32.const 1))
            (i32.const 16)
            """;
        var function = WasmHost.Function(Component("string", CountThenTrap));

        var answers = new[] { await function.InvokeAsync(), await function.InvokeAsync(), await function.InvokeAsync() };

        Assert.Equal(("i", "i"), (answers[0].Payload, answers[2].Payload));
        Assert.StartsWith("""{"errorType":"Runtime.Trap","errorMessage":"wasm `unreachable` instruction executed","stackTrace":["0x""", answers[1].Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_EventThatIsNoText_IsAnError()
    {
        var result = await Engine.EngineHost.Shared.Engine.InvokeAsync(
            WasmHost.Function(Component("string", Echo)),
            new Invocation { RequestId = "3f5c9a1e-0000-4000-8000-000000000001", Payload = new byte[] { 0xff, 0xfe }, InvokedFunctionArn = "arn" },
            new AdmissionLimits(null));

        Assert.Equal("Unhandled", result.FunctionError);
    }

    /// <summary>Gives the text back that it was given.</summary>
    internal const string Echo = """
        (i32.store (i32.const 16) (local.get $start)) (i32.store (i32.const 20) (local.get $length))
        (i32.const 16)
        """;

    internal static byte[] Component(string result, string code, string name = "handle") => WasmText.ToBinary($"""
        (component
          (core module $code
            (memory (export "memory") 40)
            (data (i32.const 1024) "hello")
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
            (func (export "handle") (param $start i32) (param $length i32) (result i32) {code}))
          (core instance $it (instantiate $code))
          (func (export "{name}") (param "event" string) (result {result})
            (canon lift (core func $it "handle") (memory (core memory $it "memory")) (realloc (core func $it "realloc")))))
        """);
}
