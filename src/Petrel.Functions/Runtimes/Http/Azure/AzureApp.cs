using System.Text.Json;
using Microsoft.AspNetCore.Routing.Template;

namespace Petrel.Functions.Runtimes.Http.Azure;

/// <summary>An Azure Functions app with a custom handler, as its <c>host.json</c> and the <c>function.json</c> of every folder describe it.</summary>
/// <param name="Command">The handler's program and arguments.</param>
/// <param name="WorkingDirectory">Relative to the app; empty for its root.</param>
/// <param name="Forwards">Whether requests of functions with nothing but HTTP bindings are passed on as they came.</param>
internal sealed record AzureApp(IReadOnlyList<string> Command, string WorkingDirectory, bool Forwards, IReadOnlyList<AzureFunction> Functions)
{
    private const string HostFile = "host.json", FunctionFile = "function.json";

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <exception cref="FunctionStartException">The folder is no such app, or asks for what is not there.</exception>
    public static AzureApp Read(string folder)
    {
        using var host = Parse(Path.Combine(folder, HostFile), HostFile);
        if (!host.RootElement.TryGetProperty("customHandler", out var handler) || !handler.TryGetProperty("description", out var description)
            || Text(description, "defaultExecutablePath") is not { Length: > 0 } program)
        {
            throw Invalid($"{HostFile} names no customHandler.description.defaultExecutablePath");
        }

        var arguments = description.TryGetProperty("arguments", out var list) ? list.EnumerateArray().Select(a => a.GetString() ?? "") : [];
        var prefix = host.RootElement.TryGetProperty("extensions", out var extensions) && extensions.TryGetProperty("http", out var http)
            ? Text(http, "routePrefix") ?? "api"
            : "api";
        var functions = Directory.EnumerateDirectories(folder)
            .Where(f => File.Exists(Path.Combine(f, FunctionFile)))
            .Order(StringComparer.Ordinal)
            .Select(f => ReadFunction(f, prefix))
            .OfType<AzureFunction>()
            .ToArray();
        return functions.Length == 0
            ? throw Invalid($"No folder has a {FunctionFile}")
            : new AzureApp(
                [ProgramOf(folder, program), .. arguments], Text(description, "workingDirectory") ?? "",
                Flag(handler, "enableForwardingHttpRequest") || Flag(handler, "enableProxyingHttpRequest"), functions);
    }

    /// <summary>A file of the app is started as such; any other word is looked for where programs are.</summary>
    private static string ProgramOf(string folder, string program) =>
        File.Exists(Path.Combine(folder, program)) ? $"/var/task/{program}" : program;

    private static AzureFunction? ReadFunction(string folder, string prefix)
    {
        var name = Path.GetFileName(folder);
        using var document = Parse(Path.Combine(folder, FunctionFile), $"{name}/{FunctionFile}");
        if (Flag(document.RootElement, "disabled"))
        {
            return null;
        }

        var bindings = document.RootElement.TryGetProperty("bindings", out var given) ? given.EnumerateArray().ToArray() : [];
        var triggers = bindings.Where(IsTrigger).ToArray();
        if (triggers is not [var trigger] || Text(trigger, "name") is not { Length: > 0 } input)
        {
            throw Invalid($"{name}/{FunctionFile} has {triggers.Length} triggers with a name: it takes one");
        }

        var others = bindings.Where(b => !IsTrigger(b)).ToArray();
        if (others.FirstOrDefault(b => !IsHttpOutput(b)) is { ValueKind: JsonValueKind.Object } unknown)
        {
            throw Invalid($"{name}/{FunctionFile} has a binding of type {Text(unknown, "type")}, direction {Text(unknown, "direction")}: only triggers and http outputs are supported");
        }

        var type = Text(trigger, "type")!;
        return type.Equals("httpTrigger", StringComparison.OrdinalIgnoreCase)
            ? new AzureFunction(name, type, input) { Output = Output(others), Http = ReadHttp(name, trigger, prefix) }
            : new AzureFunction(name, type, input) { Output = Output(others) };
    }

    private static string? Output(JsonElement[] bindings) => bindings.Length == 0 ? null : Text(bindings[0], "name");

    private static bool IsTrigger(JsonElement binding) => Text(binding, "type")?.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase) == true;

    private static bool IsHttpOutput(JsonElement binding) =>
        string.Equals(Text(binding, "type"), "http", StringComparison.OrdinalIgnoreCase) && string.Equals(Text(binding, "direction"), "out", StringComparison.OrdinalIgnoreCase);

    private static AzureHttp ReadHttp(string name, JsonElement trigger, string prefix)
    {
        var methods = trigger.TryGetProperty("methods", out var list) ? list.EnumerateArray().Select(m => m.GetString()!.ToUpperInvariant()).ToArray() : [];
        var route = $"{prefix}/{Text(trigger, "route") ?? name}".Trim('/');
        try
        {
            var template = TemplateParser.Parse(route);
            if (template.Parameters.FirstOrDefault(p => p.InlineConstraints.Any()) is { } constrained)
            {
                throw Invalid($"{name}/{FunctionFile} has a route with a constraint on {constrained.Name}: constraints are not supported");
            }

            return new AzureHttp(template, methods, Text(trigger, "authLevel")?.ToLowerInvariant() ?? "function");
        }
        catch (ArgumentException e)
        {
            throw Invalid($"{name}/{FunctionFile} has a route that is none: {e.Message}");
        }
    }

    private static JsonDocument Parse(string path, string name)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
        }
        catch (FileNotFoundException)
        {
            throw Invalid($"The code has no {name}");
        }
        catch (JsonException e)
        {
            throw Invalid($"{name} is not JSON: {e.Message}");
        }
    }

    private static string? Text(JsonElement json, string member) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement json, string member) => json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.True;

    private static FunctionStartException Invalid(string message) => new("Runtime.InvalidConfiguration", message);
}

/// <summary>One function of an app.</summary>
/// <param name="Trigger">The trigger's type: <c>httpTrigger</c>, <c>queueTrigger</c>…</param>
/// <param name="Input">The name under which the handler gets what triggered it.</param>
internal sealed record AzureFunction(string Name, string Trigger, string Input)
{
    /// <summary>The name of its HTTP output, <c>$return</c> for the return value; null without one.</summary>
    public string? Output { get; init; }

    /// <summary>Null for a function that is not called by HTTP.</summary>
    public AzureHttp? Http { get; init; }
}

/// <summary>How a function is called by HTTP.</summary>
/// <param name="Methods">In capitals; empty for all.</param>
/// <param name="AuthLevel"><c>anonymous</c>, or who calls needs a key.</param>
internal sealed record AzureHttp(RouteTemplate Route, IReadOnlyList<string> Methods, string AuthLevel)
{
    private readonly TemplateMatcher _matcher = new(Route, []);

    /// <summary>The route's parameters; null when the path is another's.</summary>
    public Microsoft.AspNetCore.Routing.RouteValueDictionary? Match(string method, string path)
    {
        var values = new Microsoft.AspNetCore.Routing.RouteValueDictionary();
        return (Methods.Count == 0 || Methods.Contains(method)) && _matcher.TryMatch(path, values) ? values : null;
    }
}
