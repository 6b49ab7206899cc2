using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Terminal;

namespace Petrel.Commands.Mappings;

/// <summary><c>petrel mapping ls [FUNCTION]</c>.</summary>
internal sealed class MappingListCommand : MappingSubcommand
{
    private readonly Argument<string?> _function;
    private readonly Option<bool> _json = GlobalOptions.Json();

    public MappingListCommand(CliContext context)
        : base(context, "ls", "List the mappings, or those of a function")
    {
        _function = FunctionArgument.CreateOptional(context);
        Arguments.Add(_function);
        Options.Add(_json);
    }

    protected override async Task<int> RunAsync(MappingsClient mappings, ParseResult parse, CancellationToken cancellationToken)
    {
        var found = new List<JsonNode>();
        await foreach (var mapping in mappings.ListAsync(parse.GetValue(_function), cancellationToken))
        {
            found.Add(mapping);
        }

        if (parse.GetValue(_json))
        {
            Output.Json(new JsonArray([.. found.Select(mapping => mapping.DeepClone())]));
            return 0;
        }

        if (found.Count == 0)
        {
            Output.Notice("There are no event source mappings.");
            return 0;
        }

        var table = new TextTable("UUID", "Function", "Source", "State", "Last result", "Failures") { FirstNumber = 5, LongColumn = 2 };
        foreach (var mapping in found)
        {
            var (uuid, state) = (mapping["UUID"]!.GetValue<string>(), mapping["State"]!.GetValue<string>());
            var result = mapping["LastProcessingResult"]?.GetValue<string>();
            table.Add(
                uuid,
                MappingNames.Function(mapping),
                MappingNames.Source(mapping),
                new Cell(state.ToLowerInvariant(), MappingNames.ColourOf(state)),
                new Cell(result ?? "", MappingNames.ColourOfResult(result)),
                Amounts.Count(await mappings.CountFailuresAsync(uuid, cancellationToken)));
        }

        Output.Table(table);
        return 0;
    }
}
