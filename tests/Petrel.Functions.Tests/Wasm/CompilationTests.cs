using System.Text;
using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Wasm;

/// <summary>Compiling: at the deployment, once, in a process of its own, with clear words for what cannot be.</summary>
public sealed class CompilationTests
{
    private static IFunctionEngine Engine => EngineHost.Shared.Engine;

    [Fact]
    public async Task Prepare_Module_IsCompiledOnceAndKept()
    {
        var function = WasmHost.Program(Programs.Echo);

        await Engine.PrepareAsync(function);
        var compiled = Assert.Single(Directory.GetFiles(CompiledCode.FolderOf(function.CodeDirectory)));
        var made = File.GetLastWriteTimeUtc(compiled);
        await Engine.PrepareAsync(function with { PoolKey = "another" });
        await function.InvokeAsync();

        Assert.Contains("50.0.1", Path.GetFileName(compiled), StringComparison.Ordinal);
        Assert.Equal(made, File.GetLastWriteTimeUtc(Assert.Single(Directory.GetFiles(CompiledCode.FolderOf(function.CodeDirectory)))));
    }

    [Fact]
    public async Task Prepare_CompiledCodeRemoved_IsCompiledAgain()
    {
        var function = WasmHost.Program(Programs.Echo);
        await Engine.PrepareAsync(function);
        Directory.Delete(CompiledCode.FolderOf(function.CodeDirectory), recursive: true);

        Assert.Equal("1", (await function.InvokeAsync("1")).Payload);
    }

    [Theory]
    [InlineData("no code at all", "app.wasm is not a WebAssembly module or component in binary form")]
    [InlineData("\0asm\x01\0\0\0\x01\x01\x01\x01", "")]
    [InlineData("", "app.wasm is not a WebAssembly module or component in binary form")]
    public async Task Prepare_NoModule_SaysWhatIsWrong(string content, string message)
    {
        var problem = await Assert.ThrowsAsync<FunctionStartException>(() => Engine.PrepareAsync(WasmHost.Function(Encoding.Latin1.GetBytes(content))));

        Assert.Equal("InvalidZipFileException", problem.Code);
        Assert.StartsWith("The WebAssembly code cannot be compiled: " + message, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(module)", "The module exports no function _start: a function is a WASI program or a component")]
    [InlineData("(module (import \"env\" \"gift\" (func)) (func (export \"_start\")))", "unknown import: `env::gift` has not been defined")]
    [InlineData("(component)", "The component exports no handle: func(event: string) -> string, or -> result<string, string>")]
    [InlineData("(component (import \"wasi:http/types@0.2.0\" (instance)))", "The component imports wasi:http/types@0.2.0, which functions are not given")]
    public async Task Prepare_ModuleThatCannotRun_SaysWhy(string text, string message)
    {
        var function = WasmHost.Function(WasmText.ToBinary(text));

        var problem = await Assert.ThrowsAsync<FunctionStartException>(() => Engine.PrepareAsync(function));

        Assert.Equal($"The WebAssembly code cannot be compiled: {message}", problem.Message);
    }

    [Theory]
    [InlineData("../other/app.wasm")]
    [InlineData("/etc/app.wasm")]
    public async Task Prepare_HandlerOutsideThePackage_IsRefused(string handler)
    {
        var function = WasmHost.Function(Programs.Of(""), handler);

        var problem = await Assert.ThrowsAsync<FunctionStartException>(() => Engine.PrepareAsync(function));

        Assert.Equal($"The handler {handler} names no file of the package", problem.Message);
    }

    [Fact]
    public async Task Prepare_FileThatIsNotThere_SaysSo()
    {
        var function = WasmHost.Function(Programs.Of(""), "main");

        var problem = await Assert.ThrowsAsync<FunctionStartException>(() => Engine.PrepareAsync(function));

        Assert.Equal("The WebAssembly code cannot be compiled: The package has no file main.wasm", problem.Message);
    }

    [Fact]
    public async Task Prepare_FunctionWithLayers_IsRefused()
    {
        var function = WasmHost.Program("") with { LayerDirectories = ["/tmp"] };

        var problem = await Assert.ThrowsAsync<FunctionStartException>(() => Engine.PrepareAsync(function));

        Assert.Equal("WebAssembly functions have no layers: a program sees only /var/task and /tmp", problem.Message);
    }

    [Fact]
    public async Task Prepare_CompiledCodeInThePackage_IsNotLoaded()
    {
        // What would be loaded if the worker took files by name: real compiled code, which is as powerful as any machine code.
        var honest = WasmHost.Program(Programs.Echo);
        await Engine.PrepareAsync(honest);
        var compiled = await File.ReadAllBytesAsync(Directory.GetFiles(CompiledCode.FolderOf(honest.CodeDirectory))[0], TestContext.Current.CancellationToken);

        var problem = await Assert.ThrowsAsync<FunctionStartException>(() => Engine.PrepareAsync(WasmHost.Function(compiled)));

        Assert.EndsWith("app.wasm is not a WebAssembly module or component in binary form", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prepare_CompileBomb_EndsAtItsLimit()
    {
        await using var host = new EngineHost(1_000, new HurriedTime(100)); // the limit of 120 s is over after 1.2 s
        var function = host.Function("wasm", "app.wasm", "app.wasm", "");
        await File.WriteAllBytesAsync(Path.Combine(function.CodeDirectory, "app.wasm"), Bomb(), TestContext.Current.CancellationToken);

        var problem = await Assert.ThrowsAsync<FunctionStartException>(() => host.Engine.PrepareAsync(function));

        Assert.Equal(("InvalidZipFileException", "The WebAssembly code cannot be compiled: it took longer than 120 s"), (problem.Code, problem.Message));
        Assert.Empty(Directory.GetFiles(CompiledCode.FolderOf(function.CodeDirectory)));
    }

    /// <summary>Thousands of values that are all needed until the end, and calls between: giving them registers takes minutes.</summary>
    private static byte[] Bomb()
    {
        const int Values = 4_000, Calls = 12_000, Functions = 20;
        var body = new StringBuilder("(func (local").Insert("(func (local".Length, " i64", Values).Append(')');
        for (var i = 0; i < Values; i++)
        {
            body.Append($"(local.set {i} (i64.load (i32.const {8 * i})))");
        }

        for (var i = 0; i < Calls; i++)
        {
            body.Append($"(call $g)(local.set {i % Values} (i64.add (local.get {i % Values}) (local.get {((i * 7) + 1) % Values})))");
        }

        for (var i = 0; i < Values; i++)
        {
            body.Append($"(i64.store (i32.const {8 * i}) (local.get {i}))");
        }

        body.Append(')');
        const string Start = "(func $g (memory.fill (i32.const 0) (i32.const 0) (i32.const 1))) (func (export \"_start\"))";
        return WasmText.ToBinary($"(module (memory 1) {Start} {string.Concat(Enumerable.Repeat(body.ToString(), Functions))})");
    }

    [Fact]
    public void WasmtimeVersion_OfTheDaemon_IsThatOfTheLibrary()
    {
        var packages = File.ReadAllText(Path.Combine(Runtimes.RuntimesUnderTest.Root, "Directory.Packages.props"));

        Assert.Contains($"<PackageVersion Include=\"Wasmtime\" Version=\"{Functions.Runtimes.Wasm.WasmWorker.WasmtimeVersion}\" />", packages, StringComparison.Ordinal);
    }
}
