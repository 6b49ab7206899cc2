using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Petrel.Packaging;

/// <summary>Finds programs that serve HTTP, and functions of other platforms, by the files that those platforms ask for.</summary>
internal static partial class HttpFolder
{
    private const string GooglePackage = "@google-cloud/functions-framework";

    /// <summary>Files that belong to one platform alone: a custom handler of Azure Functions, a dependency on Google's framework.</summary>
    /// <exception cref="CliException">They are, but what is deployed could not run.</exception>
    public static FunctionSource? DetectForeign(string folder) => DetectAzure(folder) ?? DetectGoogleNode(folder) ?? DetectGooglePython(folder);

    /// <summary>A start command, when nothing in the folder is a handler: a Procfile's <c>web</c>, a package's <c>start</c> script.</summary>
    public static FunctionSource? DetectServer(string folder)
    {
        var procfile = Path.Combine(folder, "Procfile");
        var command = File.Exists(procfile) && WebProcess().Match(File.ReadAllText(procfile)) is { Success: true } web
            ? web.Groups[1].Value.Trim()
            : Text(Manifest(folder)?["scripts"], "start");
        return command is null ? null : new FunctionSource(folder, "http", command, null);
    }

    private static FunctionSource? DetectAzure(string folder)
    {
        if (FunctionFolder.ReadJson(Path.Combine(folder, "host.json"))?["customHandler"] is null)
        {
            return null;
        }

        var functions = Directory.EnumerateFiles(folder, "function.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
            .Select(f => Path.GetFileName(Path.GetDirectoryName(f)!))
            .Order(StringComparer.Ordinal)
            .ToArray();
        return new FunctionSource(folder, "azure-custom", functions is [var only] ? only : "app", null);
    }

    private static FunctionSource? DetectGoogleNode(string folder)
    {
        var manifest = Manifest(folder);
        if (Text(manifest?["dependencies"], GooglePackage) is null)
        {
            return null;
        }

        if (!Directory.Exists(Path.Combine(folder, "node_modules", GooglePackage)))
        {
            throw new CliException($"{GooglePackage} is not installed in {folder}", $"npm install --prefix {folder}");
        }

        var start = Text(manifest?["scripts"], "start") ?? "";
        var file = new[] { Text(manifest, "main"), "index.js", "function.js", "index.mjs" }.OfType<string>().Select(f => Path.Combine(folder, f)).FirstOrDefault(File.Exists);
        var code = file is null ? "" : File.ReadAllText(file);
        var target = First(Target().Match(start)) ?? First(Registered().Match(code)) ?? First(Exported().Match(code));
        return new FunctionSource(folder, "google-nodejs", target, null) { Signature = First(SignatureType().Match(start)) };
    }

    private static FunctionSource? DetectGooglePython(string folder)
    {
        var (requirements, main) = (Path.Combine(folder, "requirements.txt"), Path.Combine(folder, "main.py"));
        if (!File.Exists(requirements) || !File.Exists(main) || !FrameworkRequirement().IsMatch(File.ReadAllText(requirements)))
        {
            return null;
        }

        if (!Directory.Exists(Path.Combine(folder, "functions_framework")))
        {
            throw new CliException($"functions-framework is not installed in {folder}", $"pip install --target {folder} -r {requirements}");
        }

        var decorated = Decorated().Match(File.ReadAllText(main));
        return new FunctionSource(folder, "google-python", decorated.Success ? decorated.Groups["name"].Value : null, null)
        {
            Signature = decorated.Groups["kind"].Value == "cloud_event" ? "cloudevent" : null,
        };
    }

    private static JsonObject? Manifest(string folder) => FunctionFolder.ReadJson(Path.Combine(folder, "package.json"));

    private static string? First(Match match) => match.Success ? match.Groups[1].Value : null;

    private static string? Text(JsonNode? json, string member) =>
        json is JsonObject && json[member] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > 0 } text ? text : null;

    [GeneratedRegex(@"^web:\s*(.+)$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex WebProcess();

    [GeneratedRegex(@"--target[= ]([\w.-]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Target();

    [GeneratedRegex(@"--signature-type[= ](\w+)", RegexOptions.NonBacktracking)]
    private static partial Regex SignatureType();

    [GeneratedRegex(@"\b(?:http|cloudEvent|typed)\(\s*['""]([\w.-]+)['""]", RegexOptions.NonBacktracking)]
    private static partial Regex Registered();

    [GeneratedRegex(@"\bexports\.(\w+)\s*=", RegexOptions.NonBacktracking)]
    private static partial Regex Exported();

    [GeneratedRegex(@"^functions-framework\b", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex FrameworkRequirement();

    [GeneratedRegex(@"^@functions_framework\.(?<kind>http|cloud_event)\b.*\n(?:async\s+)?def\s+(?<name>\w+)", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Decorated();
}
