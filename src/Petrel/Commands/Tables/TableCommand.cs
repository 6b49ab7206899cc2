using System.CommandLine;

namespace Petrel.Commands.Tables;

/// <summary><c>petrel table …</c>: tables and what is in them.</summary>
internal sealed class TableCommand : Command
{
    public TableCommand(CliContext context)
        : base("table", "Show tables, read and write their items, import and export them")
    {
        Subcommands.Add(new TableListCommand(context));
        Subcommands.Add(new TableShowCommand(context));
        Subcommands.Add(new TableCreateCommand(context));
        Subcommands.Add(new TableRemoveCommand(context));
        Subcommands.Add(new TableScanCommand(context));
        Subcommands.Add(new TableGetCommand(context));
        Subcommands.Add(new TablePutCommand(context));
        Subcommands.Add(new TableDeleteCommand(context));
        Subcommands.Add(new TableImportCommand(context));
        Subcommands.Add(new TableExportCommand(context));
    }
}
