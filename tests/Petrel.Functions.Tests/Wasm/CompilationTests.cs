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
    public async Task Prepare_CompileBomb_IsBounded()
    {
        // Blocks in blocks and a table of branches to all of them, many times: what compilers need grows with the square of it.
        var blocks = string.Concat(Enumerable.Repeat("(block ", 2_000)) + $"(br_table {string.Join(' ', Enumerable.Range(0, 2_000))} (local.get 0))" + new string(')', 2_000);
        var bomb = "(module " + string.Concat(Enumerable.Repeat($"(func (param i32) {blocks})", 30)) + ")";

        var problem = await Assert.ThrowsAsync<FunctionStartException>(() => Engine.PrepareAsync(WasmHost.Function(WasmText.ToBinary(bomb))));

        Assert.Equal("InvalidZipFileException", problem.Code);
    }

    [Fact]
    public void WasmtimeVersion_OfTheDaemon_IsThatOfTheLibrary()
    {
        var packages = File.ReadAllText(Path.Combine(Runtimes.RuntimesUnderTest.Root, "Directory.Packages.props"));

        Assert.Contains($"<PackageVersion Include=\"Wasmtime\" Version=\"{Functions.Runtimes.Wasm.WasmWorker.WasmtimeVersion}\" />", packages, StringComparison.Ordinal);
    }
}
