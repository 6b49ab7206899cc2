using System.Text.Json;
using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Runtimes.Sandboxed;

/// <summary>Java in real sandboxes, where paths, mounts and limits are Lambda's.</summary>
public sealed class JavaSandboxTests
{
    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Invoke_ClassesInALayer_AreFound()
    {
        var layer = Host.Function("java17", "x", "x", "").CodeDirectory;
        Directory.CreateDirectory(Path.Combine(layer, "java/lib"));
        JavaFunctions.Run("jar", "-c", "-f", Path.Combine(layer, "java/lib/handlers.jar"), "-C", JavaFunctions.Folder, ".");
        var function = Host.Function("java17", "functions.Handlers::log", "other", "") with { LayerDirectories = [layer], MemoryMb = 256, Timeout = TimeSpan.FromSeconds(30) };
        Assert.Equal("0", (await Host.InvokeAsync(function)).Payload);
        Assert.All(["one\ntwo", "[INFO] é", "printed é", "to the other"], l => Assert.Contains(l, Host.Logs.Of(function)));
    }

    [Theory]
    [InlineData(128)]
    [InlineData(512)]
    public async Task Invoke_MakesMuchGarbage_StaysWithinItsMemory(int memoryMb)
    {
        var (result, payload) = await Host.InvokeAsync(Function("makesGarbage", memoryMb));
        Assert.Equal((null, "1048576000"), (result.FunctionError, payload));
    }

    [Theory]
    [InlineData(128)]
    [InlineData(512)]
    public async Task Invoke_HeapIsFull_IsToldSoByJava(int memoryMb)
    {
        var function = Function("fills", memoryMb);
        var (result, payload) = await Host.InvokeAsync(function);
        Assert.Equal(("Unhandled", "java.lang.OutOfMemoryError"), (result.FunctionError, JsonDocument.Parse(payload).RootElement.GetProperty("errorType").GetString()));
    }

    [Fact]
    public async Task Invoke_ProcessExits_GivesItAndAFreshInstance()
    {
        var function = Function("exits", 256);
        for (var i = 0; i < 2; i++)
        {
            var (result, payload) = await Host.InvokeAsync(function);
            Assert.Equal(("Unhandled", true), (result.FunctionError, payload.Contains("Runtime.ExitError", StringComparison.Ordinal)));
        }
    }

    private static FunctionSpec Function(string method, int memoryMb) => Host.Function("java17", "functions.Handlers::" + method, "other", "") with
    {
        CodeDirectory = JavaFunctions.Folder,
        MemoryMb = memoryMb,
        Timeout = TimeSpan.FromSeconds(30),
    };
}
