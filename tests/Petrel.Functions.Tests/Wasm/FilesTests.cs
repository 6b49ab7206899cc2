namespace Petrel.Functions.Tests.Wasm;

/// <summary>What a WASI program sees of files: its own /tmp, its code, nothing else.</summary>
public sealed class FilesTests
{
    private const int Tmp = 3, Task = 4, Create = 1, Existing = 0, Fine = 0, NotCapable = 76, ReadOnly = 69, NotPermitted = 63, NoEntry = 44, NoSpace = 51;

    [Theory]
    [InlineData(Tmp, "mine", Create, new[] { Fine })]
    [InlineData(Task, "app.wasm", Create, new[] { NotPermitted, ReadOnly, NotCapable })]
    [InlineData(Task, "new", Create, new[] { NotPermitted, ReadOnly, NotCapable })]
    [InlineData(Tmp, "../etc/passwd", Existing, new[] { NotPermitted, NotCapable })]
    [InlineData(Tmp, "/etc/passwd", Existing, new[] { NotPermitted, NotCapable })]
    [InlineData(Task, "../../proc/self/environ", Existing, new[] { NotPermitted, NotCapable })]
    [InlineData(Task, "../runtime/Petrel.Wasm.dll", Existing, new[] { NotPermitted, NotCapable })]
    public async Task Open_Path_IsOnlyItsOwn(int folder, string path, int create, int[] expected)
    {
        var function = WasmHost.Program(
            $"(i32.store8 (i32.const 1024) (call $open (i32.const {folder}) (i32.const 2048) (i32.const {path.Length}) (i32.const {create})))"
            + Programs.Print(1, 1),
            $"(data (i32.const 2048) \"{path}\")");

        var (result, payload) = await function.InvokeAsync();

        Assert.Null(result.FunctionError);
        Assert.Contains(payload[0], expected.Select(e => (char)e));
    }

    [Fact]
    public async Task Tmp_OfTheFunction_StaysBetweenInvocationsOfAnInstance()
    {
        var function = WasmHost.Program(
            """
            (i32.store8 (i32.const 1024) (i32.add (i32.const 48) (call $open (i32.const 3) (i32.const 2048) (i32.const 4) (i32.const 0))))
            (drop (call $open (i32.const 3) (i32.const 2048) (i32.const 4) (i32.const 1)))
            """ + Programs.Print(1, 1),
            "(data (i32.const 2048) \"mark\")");

        Assert.Equal((char)('0' + NoEntry), (await function.InvokeAsync()).Payload[0]);
        Assert.Equal('0', (await function.InvokeAsync()).Payload[0]);
    }

    [Fact]
    public async Task Tmp_Full_TakesNoMore()
    {
        const string Fill = """
            (drop (call $open (i32.const 3) (i32.const 2048) (i32.const 4) (i32.const 1)))
            (loop $more
              (local.set $i (call $write (i32.load (i32.const 32)) (i32.const 65536) (i32.const 1048576)))
              (br_if $more (i32.eqz (local.get $i))))
            (i32.store8 (i32.const 1024) (local.get $i))
            """;
        var function = WasmHost.Program(Fill + Programs.Print(1, 1), "(data (i32.const 2048) \"full\")");

        Assert.Equal((char)NoSpace, (await (function with { EphemeralStorageMb = 20 }).InvokeAsync()).Payload[0]);
    }
}
