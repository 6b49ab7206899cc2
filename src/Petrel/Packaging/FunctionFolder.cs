using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Petrel.Packaging;

/// <summary>What a folder says of the function in it.</summary>
/// <param name="Handler">Null for a project that has to be built before its handler can be seen.</param>
/// <param name="Project">The project file to build; null for code that runs as it is.</param>
internal sealed record FunctionSource(string Folder, string Runtime, string? Handler, string? Project)
{
    /// <summary>Whether neither the user nor the folder says which version of the language: then a function keeps the one it has.</summary>
    public bool AnyVersion { get; init; }

    /// <summary>Members of <c>aws-lambda-tools-defaults.json</c>, which the official .NET tools write.</summary>
    public JsonObject? Defaults { get; init; }

    /// <summary>The kind of requests that a function of Google's framework takes; null when its code says so, or it is none.</summary>
    public string? Signature { get; init; }

    /// <summary>The one file of the folder that is the package; null when all of it is.</summary>
    public string? OnlyFile { get; init; }
}

/// <summary>Finds runtime and handler of a function from the files in its folder.</summary>
internal static partial class FunctionFolder
{
    public const string PythonRuntime = "python3.13";
    public const string NodeRuntime = "nodejs22.x";
    public const string DotnetRuntime = "dotnet10";
    public const string RubyRuntime = "ruby3.4";
    public const string ProvidedRuntime = "provided.al2023";
    public const string WasmRuntime = "wasm";

    private const string PythonVersionFile = ".python-version";
    private const string NodeVersionFile = ".node-version";
    private const string RubyVersionFile = ".ruby-version";
    private const string WasmExtension = ".wasm";
    private const string JarExtension = ".jar";
    private const string ToolsDefaults = "aws-lambda-tools-defaults.json";

    /// <summary>File names in which a handler is looked for, in this order.</summary>
    private static readonly string[] PythonFiles = ["app.py", "lambda_function.py", "main.py", "handler.py", "index.py"];

    private static readonly string[] RubyFiles = ["app.rb", "lambda_function.rb", "main.rb", "handler.rb", "function.rb"];

    private static readonly string[] NodeFiles = ["index.mjs", "index.js", "index.cjs", "app.mjs", "app.js", "handler.mjs", "handler.js"];

    /// <exception cref="CliException">Nothing in the folder looks like a function.</exception>
    public static FunctionSource Detect(string folder, string? runtime = null, string? handler = null)
    {
        if (File.Exists(folder) && folder.EndsWith(WasmExtension, StringComparison.Ordinal))
        {
            var file = Path.GetFileName(folder);
            return new FunctionSource(Path.GetDirectoryName(Path.GetFullPath(folder))!, runtime ?? WasmRuntime, handler ?? file, null) { OnlyFile = file };
        }

        if (File.Exists(folder) && folder.EndsWith(JarExtension, StringComparison.Ordinal))
        {
            return OfJava(Path.GetFullPath(folder)) with { Runtime = runtime ?? JavaProject.OldestRuntime, Handler = handler, AnyVersion = runtime is null, OnlyFile = Path.GetFileName(folder) };
        }

        if (!Directory.Exists(folder))
        {
            throw new CliException($"there is no folder {folder}", "give the folder that the handler is in");
        }

        var found = HttpFolder.DetectForeign(folder) ?? DetectDotnet(folder) ?? DetectPython(folder) ?? DetectNode(folder) ?? DetectRuby(folder) ?? DetectProvided(folder) ?? DetectWasm(folder)
            ?? HttpFolder.DetectServer(folder) ?? DetectJava(folder);
        if (runtime is not null && (found is null || FamilyOf(runtime) != FamilyOf(found.Runtime)))
        {
            found = new FunctionSource(folder, runtime, null, null);
        }

        if (found is null)
        {
            throw new CliException(
                $"{folder} has nothing that looks like a handler: app.py, index.mjs, index.js, app.rb, *.csproj, pom.xml, *.jar, *.java, bootstrap or *.wasm, or a program to start: Procfile, package.json with a start script",
                "name them: --runtime python3.13 --handler FILE.FUNCTION, or --http COMMAND");
        }

        found = found with { Runtime = runtime ?? found.Runtime, Handler = handler ?? found.Handler, AnyVersion = runtime is null && found.AnyVersion };
        return found.Handler is not null || found.Project is not null
            ? found
            : throw new CliException($"the handler in {folder} is not clear", "name it: --handler FILE.FUNCTION");
    }

    /// <summary>The file by which a folder says its language's version, as pyenv, uv, fnm and others read it. Null for runtimes without such a file.</summary>
    public static (string Name, string Content)? VersionFileOf(string runtime) =>
        PythonIdentifier().Match(runtime) is { Success: true } python ? (PythonVersionFile, python.Groups[1].Value)
        : NodeIdentifier().Match(runtime) is { Success: true } node ? (NodeVersionFile, node.Groups[1].Value)
        : RubyIdentifier().Match(runtime) is { Success: true } ruby ? (RubyVersionFile, ruby.Groups[1].Value)
        : null;

    /// <summary><c>python</c> of <c>python3.13</c>.</summary>
    public static string FamilyOf(string runtime) => new([.. runtime.TakeWhile(char.IsAsciiLetter)]);

    private static FunctionSource? DetectDotnet(string folder)
    {
        var projects = Directory.GetFiles(folder, "*.csproj").Order(StringComparer.Ordinal).ToArray();
        if (projects.Length == 0)
        {
            return null;
        }

        if (projects.Length > 1)
        {
            throw new CliException($"{folder} has {projects.Length} projects", "give the folder of one of them");
        }

        var defaults = ReadJson(Path.Combine(folder, ToolsDefaults));
        return new FunctionSource(folder, Text(defaults, "function-runtime") ?? DotnetRuntime, Text(defaults, "function-handler"), projects[0])
        {
            Defaults = defaults,
            AnyVersion = Text(defaults, "function-runtime") is null,
        };
    }

    private static FunctionSource? DetectPython(string folder)
    {
        foreach (var file in PythonFiles.Where(f => File.Exists(Path.Combine(folder, f))))
        {
            var text = File.ReadAllText(Path.Combine(folder, file));
            var names = PythonFunction().Matches(text).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
            var name = new[] { "lambda_handler", "handler" }.FirstOrDefault(names.Contains);
            if (name is not null)
            {
                return new FunctionSource(folder, PinnedPython(folder) ?? PythonRuntime, $"{Path.GetFileNameWithoutExtension(file)}.{name}", null) { AnyVersion = PinnedPython(folder) is null };
            }
        }

        return null;
    }

    private static FunctionSource? DetectNode(string folder)
    {
        var main = Text(ReadJson(Path.Combine(folder, "package.json")), "main");
        foreach (var file in NodeFiles.Prepend(main).OfType<string>().Where(f => File.Exists(Path.Combine(folder, f))))
        {
            var export = NodeExport().Match(File.ReadAllText(Path.Combine(folder, file)));
            if (export.Success)
            {
                var path = Path.ChangeExtension(Path.GetRelativePath(folder, Path.Combine(folder, file)), null);
                return new FunctionSource(folder, PinnedNode(folder) ?? NodeRuntime, $"{path}.{export.Groups["name"].Value}", null);
            }
        }

        return null;
    }

    private static FunctionSource? DetectRuby(string folder)
    {
        foreach (var file in RubyFiles.Where(f => File.Exists(Path.Combine(folder, f))))
        {
            var method = RubyMethod().Match(File.ReadAllText(Path.Combine(folder, file)));
            if (method.Success)
            {
                return new FunctionSource(folder, PinnedRuby(folder) ?? RubyRuntime, $"{Path.GetFileNameWithoutExtension(file)}.{method.Groups[1].Value}", null) { AnyVersion = PinnedRuby(folder) is null };
            }
        }

        return null;
    }

    private static FunctionSource? DetectJava(string folder) => JavaProject.Find(folder) is { } file ? OfJava(file) : null;

    private static FunctionSource OfJava(string file) => new(Path.GetDirectoryName(file)!, JavaProject.OldestRuntime, null, file) { AnyVersion = true };

    private static FunctionSource? DetectProvided(string folder) =>
        File.Exists(Path.Combine(folder, "bootstrap")) ? new FunctionSource(folder, ProvidedRuntime, "bootstrap", null) { AnyVersion = true } : null;

    private static FunctionSource? DetectWasm(string folder) =>
        Directory.GetFiles(folder, "*" + WasmExtension) is [var file] ? new FunctionSource(folder, WasmRuntime, Path.GetFileName(file), null) : null;

    private static string? PinnedPython(string folder) =>
        Pinned(folder, PythonVersionFile, PythonVersion()) is { } version ? $"python{version}" : null;

    private static string? PinnedNode(string folder) =>
        Pinned(folder, NodeVersionFile, NodeVersion()) is { } version ? $"nodejs{version}.x" : null;

    private static string? PinnedRuby(string folder) =>
        Pinned(folder, RubyVersionFile, RubyVersion()) is { } version ? $"ruby{version}" : null;

    private static string? Pinned(string folder, string name, Regex version)
    {
        var file = Path.Combine(folder, name);
        return File.Exists(file) && version.Match(File.ReadAllText(file)) is { Success: true } found ? found.Groups[1].Value : null;
    }

    public static JsonObject? ReadJson(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(File.ReadAllBytes(file), null, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip })
                as JsonObject;
        }
        catch (JsonException e)
        {
            throw new CliException($"{file} is not JSON: {e.Message}", inner: e);
        }
    }

    private static string? Text(JsonObject? json, string member) =>
        json?[member] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    [GeneratedRegex(@"^(?:async\s+)?def\s+(\w+)\s*\(", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex PythonFunction();

    [GeneratedRegex(@"^python(\d+\.\d+)$", RegexOptions.NonBacktracking)]
    private static partial Regex PythonIdentifier();

    [GeneratedRegex(@"^def\s+(lambda_handler|handler)\s*\(", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex RubyMethod();

    [GeneratedRegex(@"^ruby(\d+\.\d+)$", RegexOptions.NonBacktracking)]
    private static partial Regex RubyIdentifier();

    [GeneratedRegex(@"^\s*(?:ruby-)?(\d+\.\d+)\b", RegexOptions.NonBacktracking)]
    private static partial Regex RubyVersion();

    [GeneratedRegex(@"^nodejs(\d+)\.x$", RegexOptions.NonBacktracking)]
    private static partial Regex NodeIdentifier();

    [GeneratedRegex(@"^\s*(\d+\.\d+)\b", RegexOptions.NonBacktracking)]
    private static partial Regex PythonVersion();

    [GeneratedRegex(@"^\s*v?(\d+)\b", RegexOptions.NonBacktracking)]
    private static partial Regex NodeVersion();

    /// <summary>The forms in which a module gives out a function that is called handler.</summary>
    [GeneratedRegex(
        @"(?:\bexports\.|\bexport\s+(?:async\s+)?function\s*\*?\s*|\bexport\s+(?:const|let|var)\s+|[{,]\s*|\bas\s+)(?<name>lambdaHandler|handler)\b",
        RegexOptions.NonBacktracking)]
    private static partial Regex NodeExport();
}
