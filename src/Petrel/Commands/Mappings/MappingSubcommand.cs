using System.CommandLine;
using Petrel.Client;
using Petrel.Terminal;

namespace Petrel.Commands.Mappings;

/// <summary>A command that talks to the daemon's mappings.</summary>
internal abstract class MappingSubcommand : Command
{
    private readonly CliContext _context;

    protected MappingSubcommand(CliContext context, string name, string description)
        : base(name, description)
    {
        _context = context;
        SetAction(async (parse, cancellationToken) =>
        {
            using var api = new ApiClient(Connection.Find(parse, context), context.Time);
            return await RunAsync(new MappingsClient(api), parse, cancellationToken);
        });
    }

    protected CliContext Context => _context;

    protected Output Output => _context.Output;

    protected static Argument<string> Mapping() => new("mapping")
    {
        Description = "Mapping: its UUID or the beginning of it, or the name of a function that has one",
        HelpName = "MAPPING",
    };

    protected abstract Task<int> RunAsync(MappingsClient mappings, ParseResult parse, CancellationToken cancellationToken);

    /// <summary>The UUID of the one mapping that is meant.</summary>
    protected async Task<string> FindAsync(MappingsClient mappings, string meant, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        await foreach (var mapping in mappings.ListAsync(null, cancellationToken))
        {
            var uuid = mapping["UUID"]!.GetValue<string>();
            if (uuid == meant)
            {
                return uuid;
            }

            if (uuid.StartsWith(meant, StringComparison.OrdinalIgnoreCase) || MappingNames.Function(mapping).Split(':')[0] == meant)
            {
                found.Add(uuid);
            }
        }

        return found.Count switch
        {
            1 => found[0],
            0 => throw new CliException($"there is no mapping {meant}", $"see what there is: {Context.Program} mapping ls"),
            _ => throw new CliException($"{meant} has {found.Count} mappings", $"name one of {string.Join(", ", found)}"),
        };
    }
}
