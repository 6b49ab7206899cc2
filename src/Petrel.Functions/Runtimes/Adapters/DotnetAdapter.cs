using System.Text.Json;
using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>
/// .NET functions. A handler <c>Assembly::Type::Method</c> runs in our bootstrap; one that names an assembly alone is a program, which is
/// started by itself and speaks the Runtime API.
/// </summary>
internal sealed class DotnetAdapter(RuntimeOptions options, RuntimeApiServer api) : RuntimeAdapter(api)
{
    private static readonly bool HasIcu = new[] { "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib" }
        .Where(Directory.Exists).Any(folder => Directory.EnumerateFiles(folder, "libicuuc.so*").Any());

    public override bool Runs(RuntimeInfo runtime) => runtime.Family == "dotnet";

    protected override LaunchPlan Launch(FunctionSpec function, RuntimeInfo runtime)
    {
        var assembly = function.Handler.Split("::")[0];
        var isProgram = !function.Handler.Contains("::", StringComparison.Ordinal);

        // The function's own settings count (frameworks, garbage collector, globalisation); the version rolls forward to what is installed.
        var settings = $"{assembly}.runtimeconfig.json";
        string[] host = HasUsableSettings(Path.Combine(function.CodeDirectory, settings))
            ? ["exec", "--roll-forward", "Major", "--runtimeconfig", $"/var/task/{settings}"]
            : ["exec", "--roll-forward", "Major"];
        var program = isProgram ? $"/var/task/{assembly}.dll" : $"{LanguageLaunch.RuntimeFolder}/Petrel.Bootstrap.dll";
        var launch = LanguageLaunch.Of(options, function, runtime, "dotnet/bin");
        return launch with
        {
            Command = [runtime.Program!, .. host, program],
            Environment = Variables(launch.Environment, runtime),
            FrameChannel = !isProgram,
        };
    }

    private static Dictionary<string, string> Variables(IReadOnlyDictionary<string, string> common, RuntimeInfo runtime)
    {
        var variables = new Dictionary<string, string>(common, StringComparer.Ordinal)
        {
            ["DOTNET_ROOT"] = Path.GetDirectoryName(runtime.Program!)!,
            ["LAMBDA_RUNTIME_NAME"] = runtime.Identifier,
            ["DOTNET_TieredPGO"] = "0", // Counting calls pays off after minutes; a start is over in milliseconds.
            ["DOTNET_EnableDiagnostics"] = "0", // No debugger can attach; its sockets would only lie in /tmp.
        };
        if (!HasIcu)
        {
            variables["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1"; // Without the library .NET does not start at all.
        }

        return variables;
    }

    // A self-contained program's settings name no framework to run on.
    private static bool HasUsableSettings(string path)
    {
        try
        {
            using var settings = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
            var options = settings.RootElement.GetProperty("runtimeOptions");
            return options.TryGetProperty("framework", out _) || options.TryGetProperty("frameworks", out _);
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }
}
