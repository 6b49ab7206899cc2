using System.CommandLine;
using Petrel.Client;
using Petrel.Terminal;

namespace Petrel.Commands.Tables;

/// <summary>A command that talks to the daemon's tables.</summary>
internal abstract class TableSubcommand : Command
{
    private readonly CliContext _context;

    protected TableSubcommand(CliContext context, string name, string description)
        : base(name, description)
    {
        _context = context;
        SetAction(async (parse, cancellationToken) =>
        {
            using var api = new ApiClient(Connection.Find(parse, context), context.Time);
            return await RunAsync(new TablesClient(api, context.Program, context.Time), parse, cancellationToken);
        });
    }

    protected CliContext Context => _context;

    protected Output Output => _context.Output;

    protected void Add(params Option[] options)
    {
        foreach (var option in options)
        {
            Options.Add(option);
        }
    }

    protected abstract Task<int> RunAsync(TablesClient tables, ParseResult parse, CancellationToken cancellationToken);
}
