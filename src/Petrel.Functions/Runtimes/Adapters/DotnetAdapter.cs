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

    private const string Bootstrap = "dotnet/bin";

    private readonly SharedFiles _settings = new(options.StateDirectory, "dotnet-settings");

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
        var launch = LanguageLaunch.Of(options, function, runtime, Bootstrap);
        return launch with
        {
            Command = [runtime.Program!, .. host, program],
            Environment = Variables(new Dictionary<string, string>(launch.Environment, StringComparer.Ordinal), runtime, runtime.Identifier),
            FrameChannel = !isProgram,
        };
    }

    /// <summary>
    /// Nothing for a program of its own. Functions whose settings are equal to the letter share processes, which are started with a copy of them.
    /// </summary>
    protected override LaunchPlan? LaunchBlank(FunctionSpec function, RuntimeInfo runtime)
    {
        if (function.Handler.Split("::") is not [var assembly, _, ..])
        {
            return null;
        }

        var settings = Path.Combine(function.CodeDirectory, $"{assembly}.runtimeconfig.json");
        if (!_settings.TryShare(settings, HasUsableSettings, out var shared))
        {
            return null;
        }

        const string inside = "/var/lang/runtimeconfig.json";
        string[] host = shared is null ? ["exec", "--roll-forward", "Major"] : ["exec", "--roll-forward", "Major", "--runtimeconfig", inside];
        var launch = LanguageLaunch.Blank(options, runtime, Bootstrap);
        return launch with
        {
            Command = [runtime.Program!, .. host, $"{LanguageLaunch.RuntimeFolder}/Petrel.Bootstrap.dll"],
            Environment = Variables([], runtime, null),
            Mounts = shared is null ? launch.Mounts : [.. launch.Mounts, new SandboxMount(shared, inside)],
        };
    }

    private static Dictionary<string, string> Variables(Dictionary<string, string> variables, RuntimeInfo runtime, string? name)
    {
        variables["DOTNET_ROOT"] = Path.GetDirectoryName(runtime.Program!)!;
        variables["DOTNET_TieredPGO"] = "0"; // Counting calls pays off after minutes; a start is over in milliseconds.
        variables["DOTNET_EnableDiagnostics"] = "0"; // No debugger can attach; its sockets would only lie in /tmp.
        if (name is not null)
        {
            variables["LAMBDA_RUNTIME_NAME"] = name;
        }

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
