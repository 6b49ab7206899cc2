using System.Diagnostics;
using System.Text.Json;
using Petrel.Functions.Sandboxes.Launch;
using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Hostile;

/// <summary>
/// Runs a hostile function twice: where one defence is taken away, to know that the attack works, and where nothing is, beside a neighbour
/// that must be served all the while. How quickly it is served is the bench's to say. One attack runs at a time: the machine is others' too.
/// </summary>
internal static class Attack
{
    /// <summary>Where nothing is missing.</summary>
    public static EngineHost Guarded => EngineHost.Shared;

    private static readonly Lazy<FunctionSpec> Neighbour = new(() => Guarded.Python("def handler(e, c): return 'served'"));

    public static void NeedsRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "what needs root is not enforced without it");

    /// <summary>An engine without some defences; its sandboxes run beside those of the guarded one, and end with it.</summary>
    public static EngineHost Without(Defences defences) => new(12_000, change: o => o with { Without = defences });

    /// <summary>What the attack achieves where the defence is missing.</summary>
    public static async Task<(InvocationResult Result, string Payload)> SucceedsAsync(Defences without, Func<EngineHost, FunctionSpec> function)
    {
        await using var open = Without(without);
        return await open.InvokeAsync(function(open));
    }

    /// <summary>What it achieves where nothing is missing. The neighbour has been served all the while, and is afterwards.</summary>
    public static async Task<(InvocationResult Result, string Payload)> IsContainedAsync(Func<EngineHost, FunctionSpec> function)
    {
        Assert.Equal("\"served\"", (await Guarded.InvokeAsync(Neighbour.Value)).Payload);
        var attack = Guarded.InvokeAsync(function(Guarded));
        for (var served = 0; served < 20 || !attack.IsCompleted; served++)
        {
            var (result, payload) = await Guarded.InvokeAsync(Neighbour.Value);
            Assert.Equal((null, "\"served\""), (result.FunctionError, payload));
            await Task.WhenAny(attack, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System));
        }

        return await attack;
    }

    public static string ErrorType(string payload) => JsonDocument.Parse(payload).RootElement.GetProperty("errorType").GetString()!;

    public static string ErrorMessage(string payload) => JsonDocument.Parse(payload).RootElement.GetProperty("errorMessage").GetString()!;

    /// <summary>A Python function whose code is what its handler does; it may run for so long.</summary>
    public static FunctionSpec Python(EngineHost host, string body, int seconds = 30, int memoryMb = 128) =>
        host.Python("import os, sys, time, socket, ctypes, errno, signal, threading\nlibc = ctypes.CDLL(None, use_errno=True)\n"
            + "def handler(event, context):\n" + string.Concat(body.Split('\n').Select(line => "    " + line + "\n")))
            with
        { Timeout = TimeSpan.FromSeconds(seconds), MemoryMb = memoryMb, EphemeralStorageMb = 64 };

    /// <summary>Puts a program, compiled from C, beside a function's code.</summary>
    public static async Task AddProgramAsync(FunctionSpec function, string name, string code)
    {
        var target = Path.Combine(function.CodeDirectory, name);
        using var compiler = Process.Start(new ProcessStartInfo("cc", ["-O1", "-w", "-D_GNU_SOURCE", "-x", "c", "-o", target, "-"]) { RedirectStandardInput = true })!;
        await compiler.StandardInput.WriteAsync(code);
        compiler.StandardInput.Close();
        await compiler.WaitForExitAsync();
        Assert.Equal(0, compiler.ExitCode);
    }
}
