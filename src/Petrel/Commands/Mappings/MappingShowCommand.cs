using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Terminal;

namespace Petrel.Commands.Mappings;

/// <summary><c>petrel mapping show MAPPING</c>: all that a mapping is set to.</summary>
internal sealed class MappingShowCommand : MappingSubcommand
{
    private readonly Argument<string> _mapping = Mapping();
    private readonly Option<bool> _json = GlobalOptions.Json();

    public MappingShowCommand(CliContext context)
        : base(context, "show", "Show a mapping's settings and how it fares")
    {
        Arguments.Add(_mapping);
        Options.Add(_json);
    }

    protected override async Task<int> RunAsync(MappingsClient mappings, ParseResult parse, CancellationToken cancellationToken)
    {
        var uuid = await FindAsync(mappings, parse.GetRequiredValue(_mapping), cancellationToken);
        var mapping = await mappings.GetAsync(uuid, cancellationToken);
        if (parse.GetValue(_json))
        {
            Output.Json(mapping);
            return 0;
        }

        var table = new TextTable("Setting", "Value");
        foreach (var (name, value) in mapping.AsObject())
        {
            table.Add(name, Text(value));
        }

        table.Add("Failures", Amounts.Count(await mappings.CountFailuresAsync(uuid, cancellationToken)));
        Output.Table(table);
        return 0;
    }

    private static string Text(JsonNode? value) => value is JsonValue scalar && scalar.TryGetValue<string>(out var text) ? text : value?.ToJsonString() ?? "";
}
