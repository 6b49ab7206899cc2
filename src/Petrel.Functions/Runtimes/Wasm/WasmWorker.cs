using System.Security.Cryptography;
using System.Text;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Wasm;

/// <summary>The program that compiles and runs WebAssembly (<c>src/Petrel.Wasm</c>): how it is started, and what it understands.</summary>
internal static class WasmWorker
{
    /// <summary>The version of Wasmtime that goes with this daemon; what another one compiled is not used.</summary>
    public const string WasmtimeVersion = "50.0.1";

    private const string Folder = "wasm/bin";
    private const string Program = "Petrel.Wasm.dll";

    /// <summary>The process's whole environment: a function's variables never reach the process, only the program inside.</summary>
    private static readonly IReadOnlyDictionary<string, string> Variables = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["DOTNET_TieredCompilation"] = "0", // It is compiled ahead; a thread that improves it would only take processor time from the function.
        ["DOTNET_EnableDiagnostics"] = "0", // No debugger can attach; its sockets would only lie in /tmp.
        ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
        ["DOTNET_gcConcurrent"] = "0",
    };

    /// <summary>
    /// What compiled code depends on beside its source: Wasmtime's version and what the processor can do. Wasmtime checks both again, so that
    /// a mistake here could cost a start, never more.
    /// </summary>
    public static string Target { get; } = DescribeTarget();

    public static bool IsThere(RuntimeOptions options) => File.Exists(Path.Combine(options.Bootstraps, Folder, Program));

    public static LaunchPlan Plan(RuntimeOptions options, RuntimeInfo runtime) => new()
    {
        Command = [runtime.Program!, "exec", "--roll-forward", "Major", $"/var/runtime/{Program}"],
        Environment = new Dictionary<string, string>(Variables, StringComparer.Ordinal) { ["DOTNET_ROOT"] = Path.GetDirectoryName(runtime.Program!)! },
        OwnEnvironment = true,
        Egress = FunctionEgress.None, // The program inside has no sockets; its process has no use for them.
        Mounts = [new SandboxMount(Path.Combine(options.Bootstraps, Folder), "/var/runtime")],
        FrameChannel = true,
    };

    /// <summary>What the process becomes, as it reads it: its task, the file, the export, and the file of compiled code.</summary>
    public static string Task(string name, WasmHandler handler, string compiled = "") => $"{name}\n{handler.File}\n{handler.Export}\n{compiled}";

    private static string DescribeTarget()
    {
        var features = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)
            || line.StartsWith("Features", StringComparison.Ordinal)) ?? "";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', features.Split(' ').Order(StringComparer.Ordinal))));
        return $"{WasmtimeVersion}-{Convert.ToHexStringLower(hash.AsSpan(0, 6))}";
    }
}
