using System.CommandLine;
using Petrel.Server.Settings;

namespace Petrel;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string?> Config = new("--config")
    {
        Description = "Settings file (default: petrel.json in the current folder)",
        HelpName = "FILE",
        Recursive = true,
    };

    public static readonly Option<string?> Data = new("--data")
    {
        Description = "Data folder (default: ~/.petrel)",
        HelpName = "DIR",
        Recursive = true,
    };

    public static readonly Option<string[]> Set = new("--set")
    {
        Description = "Any setting; see petrel config",
        HelpName = "KEY=VALUE",
        Recursive = true,
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static readonly Option<Uri?> Endpoint = new("--endpoint")
    {
        Description = "The daemon's URL (default: the one of the data folder)",
        HelpName = "URL",
        Recursive = true,
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            {
                return uri;
            }

            result.AddError($"--endpoint takes a URL such as http://localhost:4566, not {text}");
            return null;
        },
    };

    /// <summary>For commands whose answer programs read.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON for programs" };

    /// <summary>The settings that these options and the command's own ones give.</summary>
    public static CommandLineSettings ToSettings(ParseResult parse, params (string Key, string? Text, string Option)[] own)
    {
        var values = new List<(string, string, string)>();
        foreach (var pair in parse.GetValue(Set) ?? [])
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new CliException($"--set takes KEY=VALUE, not {pair}", "see the keys: petrel config");
            }

            values.Add((pair[..equals], pair[(equals + 1)..], "--set"));
        }

        foreach (var (key, text, option) in own.Append(("storage.data", parse.GetValue(Data), "--data")))
        {
            if (text is not null)
            {
                values.Add((key, text, option));
            }
        }

        return new CommandLineSettings(parse.GetValue(Config), values);
    }
}
