using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Server.Settings;
using Petrel.Terminal;

namespace Petrel.Commands;

/// <summary><c>petrel config</c>: the settings in force and where each comes from.</summary>
internal sealed class ConfigCommand : Command
{
    private readonly CliContext _context;
    private readonly Option<bool> _json = GlobalOptions.Json();

    public ConfigCommand(CliContext context)
        : base("config", "Show the settings in force and where each comes from")
    {
        _context = context;
        Options.Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult parse)
    {
        var settings = SettingsLoader.Load(_context.Environment, GlobalOptions.ToSettings(parse), _context.WorkingFolder);
        if (parse.GetValue(_json))
        {
            _context.Output.Json(ToJson(settings));
            return 0;
        }

        var table = new TextTable("Setting", "Value", "From", "Variable");
        foreach (var value in settings.Values)
        {
            var source = new Cell(value.Source, value.Source == "default" ? "dim" : "green");
            table.Add(value.Key, Show(value.Value), source, new Cell(value.EnvironmentName, "dim"));
        }

        _context.Output.Table(table);
        return 0;
    }

    private static string Show(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        _ => value.ToString() ?? "",
    };

    private static JsonObject ToJson(EffectiveSettings settings)
    {
        var json = new JsonObject();
        foreach (var value in settings.Values)
        {
            json[value.Key] = new JsonObject
            {
                ["value"] = value.Value switch
                {
                    null => null,
                    int number => JsonValue.Create(number),
                    long number => JsonValue.Create(number),
                    double number => JsonValue.Create(number),
                    bool flag => JsonValue.Create(flag),
                    var other => JsonValue.Create(other.ToString()),
                },
                ["source"] = value.Source,
                ["variable"] = value.EnvironmentName,
            };
        }

        return json;
    }
}
