using System.Collections.Immutable;
using System.Net;
using System.Text.Json;

namespace Petrel.Server.Settings;

/// <summary>What is in force, and where each value comes from.</summary>
/// <param name="File">The settings file that was read; null when there is none.</param>
public sealed record EffectiveSettings(PetrelOptions Options, ImmutableArray<EffectiveSetting> Values, string? File);

/// <param name="Value">As it would be written in the settings file; null when it is not set, <c>(set)</c> for a secret.</param>
/// <param name="Source"><c>default</c>, the file's path, the variable's name or the command line's option.</param>
public sealed record EffectiveSetting(string Key, string EnvironmentName, object? Value, string Source);

/// <summary>What the command line says.</summary>
/// <param name="Values">Key and text, with the option that gave it: <c>("edge.port", "4567", "--port")</c>.</param>
public sealed record CommandLineSettings(string? File, IReadOnlyList<(string Key, string Text, string Option)> Values)
{
    public static readonly CommandLineSettings None = new(null, []);
}

/// <summary>
/// Reads <c>petrel.json</c>, then <c>PETREL_*</c>, then the command line, and checks all of it before anything starts.
/// </summary>
public static class SettingsLoader
{
    public const string FileName = "petrel.json";

    /// <summary>Short names of the settings that people give most.</summary>
    private static readonly Dictionary<string, string> ShortNames = new(StringComparer.Ordinal)
    {
        ["PETREL_PORT"] = "edge.port",
        ["PETREL_BIND"] = "edge.bind",
        ["PETREL_DATA"] = "storage.data",
    };

    /// <summary>Variables of the tools around the daemon, which are no settings of it.</summary>
    private static readonly string[] OtherVariables = ["PETREL_CONFIG", "PETREL_ENDPOINT", "PETREL_LAUNCHER", "PETREL_ARTIFACTS", "PETREL_FD"];

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <param name="workingFolder">Where <c>petrel.json</c> is looked for when nothing names another file.</param>
    public static EffectiveSettings Load(EnvironmentReader environment, CommandLineSettings commandLine, string workingFolder)
    {
        var problems = new List<string>();
        var found = new Dictionary<string, (string Text, string Source)>(StringComparer.Ordinal)
        {
            ["storage.data"] = (Path.Combine(environment.Home, ".petrel"), "default"),
        };

        var file = FindFile(environment, commandLine, workingFolder, problems);
        if (file is not null)
        {
            ReadFile(file, found, problems);
        }

        ReadEnvironment(environment, found, problems);
        foreach (var (key, text, option) in commandLine.Values)
        {
            Take(key, text, option, found, problems);
        }

        var options = new PetrelOptions();
        foreach (var setting in Setting.All)
        {
            if (found.TryGetValue(setting.Key, out var value))
            {
                Apply(setting, value, options, problems);
            }
        }

        options = options with
        {
            Storage = options.Storage with { Data = Path.GetFullPath(options.Storage.Data, workingFolder) },
            Metering = options.Metering with { Prices = options.Metering.Prices is { } prices ? Path.GetFullPath(prices, workingFolder) : null },
        };
        CheckTogether(options, problems);
        if (problems.Count > 0)
        {
            throw new SettingsException(problems);
        }

        return new EffectiveSettings(options, [.. Setting.All.Select(s => Describe(s, options, found))], file);
    }

    private static string? FindFile(EnvironmentReader environment, CommandLineSettings commandLine, string workingFolder, List<string> problems)
    {
        var (named, source) = commandLine.File is not null ? (commandLine.File, "--config") : (environment["PETREL_CONFIG"], "PETREL_CONFIG");
        var path = Path.GetFullPath(named ?? FileName, workingFolder);
        if (File.Exists(path))
        {
            return path;
        }

        if (named is not null)
        {
            problems.Add($"{source}: there is no file {path}");
        }

        return null;
    }

    private static void ReadFile(string file, Dictionary<string, (string, string)> found, List<string> problems)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file), Lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems.Add($"{file}: a JSON object is expected");
                return;
            }

            ReadObject(document.RootElement, "", file, found, problems);
        }
        catch (JsonException e)
        {
            problems.Add($"{file}:{e.LineNumber + 1}: not JSON: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{file}: {e.Message}");
        }
    }

    private static void ReadObject(
        JsonElement element, string prefix, string file, Dictionary<string, (string, string)> found, List<string> problems)
    {
        foreach (var member in element.EnumerateObject())
        {
            var key = prefix + member.Name;
            switch (member.Value.ValueKind)
            {
                case JsonValueKind.Object when prefix.Length == 0 && Setting.All.Any(s => s.Key.StartsWith(key + ".", StringComparison.Ordinal)):
                    ReadObject(member.Value, key + ".", file, found, problems);
                    break;
                case JsonValueKind.Object or JsonValueKind.Array when Setting.All.Any(s => s.Key == key):
                    problems.Add($"{key} ({file}): a single value is expected");
                    break;
                case JsonValueKind.Null:
                    break;
                default:
                    Take(key, member.Value.ToString(), file, found, problems);
                    break;
            }
        }
    }

    private static void ReadEnvironment(EnvironmentReader environment, Dictionary<string, (string, string)> found, List<string> problems)
    {
        // Short names first: the full name of the same setting says it more exactly, and wins.
        foreach (var (name, key) in ShortNames)
        {
            if (environment[name] is { } text)
            {
                Take(key, text, name, found, problems);
            }
        }

        var known = Setting.All.ToDictionary(s => s.EnvironmentName, s => s.Key, StringComparer.Ordinal);
        foreach (var (name, text) in environment.StartingWith("PETREL_"))
        {
            if (known.TryGetValue(name, out var key))
            {
                Take(key, text, name, found, problems);
            }
            else if (!ShortNames.ContainsKey(name) && !OtherVariables.Contains(name) && !name.StartsWith("PETREL_TEST_", StringComparison.Ordinal))
            {
                problems.Add($"{name}: no setting has this name{Suggest(name, known.Keys.Concat(ShortNames.Keys).Concat(OtherVariables))}");
            }
        }
    }

    private static void Take(string key, string text, string source, Dictionary<string, (string, string)> found, List<string> problems)
    {
        if (Setting.All.Any(s => s.Key == key))
        {
            found[key] = (text, source);
        }
        else
        {
            problems.Add($"{key} ({source}): no setting has this name{Suggest(key, Setting.All.Select(s => s.Key))}");
        }
    }

    private static void Apply(Setting setting, (string Text, string Source) value, PetrelOptions options, List<string> problems)
    {
        try
        {
            setting.Write(options, setting.Parse(value.Text));
        }
        catch (FormatException e)
        {
            problems.Add($"{setting.Key} ({value.Source}): {(setting.Secret ? "the value cannot be read" : e.Message)}");
        }
    }

    /// <summary>What one value allows only together with another.</summary>
    private static void CheckTogether(PetrelOptions options, List<string> problems)
    {
        if (options.Storage is { Engine: "postgres", Postgres: null })
        {
            problems.Add("storage.postgres: the engine postgres needs a connection string");
        }

        if (!IPAddress.TryParse(options.Edge.Bind, out _) && options.Edge.Bind != "localhost")
        {
            problems.Add($"edge.bind: {options.Edge.Bind} is not an IP address; give 0.0.0.0 for all");
        }
    }

    private static EffectiveSetting Describe(Setting setting, PetrelOptions options, Dictionary<string, (string Text, string Source)> found)
    {
        var value = setting.Read(options);
        var shown = value switch
        {
            not null when setting.Secret => "(set)",
            Uri uri => uri.ToString(),
            _ => value,
        };
        return new EffectiveSetting(
            setting.Key, setting.EnvironmentName, shown, found.TryGetValue(setting.Key, out var source) ? source.Source : "default");
    }

    private static string Suggest(string name, IEnumerable<string> candidates) =>
        Nearest.To(name, candidates) is { } near ? $"; did you mean {near}?" : "";
}
