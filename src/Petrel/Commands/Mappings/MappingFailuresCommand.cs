using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Terminal;

namespace Petrel.Commands.Mappings;

/// <summary><c>petrel mapping failures MAPPING</c>: the batches that it gave up, and why.</summary>
internal sealed class MappingFailuresCommand : MappingSubcommand
{
    private readonly Argument<string> _mapping = Mapping();
    private readonly Option<bool> _json = GlobalOptions.Json();

    public MappingFailuresCommand(CliContext context)
        : base(context, "failures", "List the batches that a mapping gave up")
    {
        Arguments.Add(_mapping);
        Options.Add(_json);
    }

    protected override async Task<int> RunAsync(MappingsClient mappings, ParseResult parse, CancellationToken cancellationToken)
    {
        var uuid = await FindAsync(mappings, parse.GetRequiredValue(_mapping), cancellationToken);
        var found = new List<JsonNode>();
        await foreach (var failure in mappings.ListFailuresAsync(uuid, cancellationToken))
        {
            found.Add(failure);
        }

        if (parse.GetValue(_json))
        {
            Output.Json(new JsonArray([.. found.Select(failure => failure.DeepClone())]));
            return 0;
        }

        if (found.Count == 0)
        {
            Output.Notice("Nothing was given up.");
            return 0;
        }

        var table = new TextTable("Id", "When", "Why", "Records", "Redriven", "Error");
        foreach (var failure in found)
        {
            table.Add(
                failure["id"]!.GetValue<string>(),
                failure["at"]!.GetValue<DateTimeOffset>().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                failure["condition"]!.GetValue<string>(),
                $"{failure["records"]}",
                $"{failure["redrives"]}",
                failure["error"]?.GetValue<string>() ?? "");
        }

        Output.Table(table);
        Output.Advice($"send them again: {Context.Program} mapping redrive {uuid}");
        return 0;
    }
}
