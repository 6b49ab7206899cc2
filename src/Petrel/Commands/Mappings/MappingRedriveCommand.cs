using System.CommandLine;
using Petrel.Client;

namespace Petrel.Commands.Mappings;

/// <summary><c>petrel mapping redrive MAPPING [ID…]</c>: sends what was given up to the function again.</summary>
internal sealed class MappingRedriveCommand : MappingSubcommand
{
    private readonly Argument<string> _mapping = Mapping();

    private readonly Argument<string[]> _ids = new("id")
    {
        Description = "Only these failures; all when none is named",
        HelpName = "ID",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public MappingRedriveCommand(CliContext context)
        : base(context, "redrive", "Send the batches that a mapping gave up again; those that succeed are gone")
    {
        Arguments.Add(_mapping);
        Arguments.Add(_ids);
    }

    protected override async Task<int> RunAsync(MappingsClient mappings, ParseResult parse, CancellationToken cancellationToken)
    {
        var uuid = await FindAsync(mappings, parse.GetRequiredValue(_mapping), cancellationToken);
        var ids = (parse.GetValue(_ids) ?? []).ToList();
        if (ids.Count == 0)
        {
            await foreach (var failure in mappings.ListFailuresAsync(uuid, cancellationToken))
            {
                ids.Add(failure["id"]!.GetValue<string>());
            }
        }

        var failed = 0;
        foreach (var id in ids)
        {
            if (await mappings.RedriveAsync(uuid, id, cancellationToken) is { } error)
            {
                failed++;
                Output.Warning($"{id} failed again: {error}");
            }
            else
            {
                Output.Step($"{id} succeeded");
            }
        }

        if (ids.Count == 0)
        {
            Output.Notice("Nothing was given up.");
        }

        return failed == 0 ? 0 : 1;
    }
}
