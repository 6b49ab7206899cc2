using System.CommandLine;

namespace Petrel.Commands.Mappings;

/// <summary><c>petrel mapping …</c>: what sends streams' records to functions, and what it gave up.</summary>
internal sealed class MappingCommand : Command
{
    public MappingCommand(CliContext context)
        : base("mapping", "Show event source mappings, and send again what they gave up")
    {
        Subcommands.Add(new MappingListCommand(context));
        Subcommands.Add(new MappingShowCommand(context));
        Subcommands.Add(new MappingFailuresCommand(context));
        Subcommands.Add(new MappingRedriveCommand(context));
    }
}
