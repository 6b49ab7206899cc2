using System.CommandLine;
using Petrel.Daemon;
using Petrel.Server.Administration;
using Petrel.Server.Settings;
using Petrel.Storage;

namespace Petrel.Commands;

/// <summary><c>petrel restore DIR</c>: fills an empty data folder from a backup. No daemon may run on it.</summary>
internal sealed class RestoreCommand : Command
{
    private readonly CliContext _context;
    private readonly Argument<string> _source = new("dir") { Description = "Folder of a backup" };

    public RestoreCommand(CliContext context)
        : base("restore", "Fill an empty data folder from a backup")
    {
        _context = context;
        Arguments.Add(_source);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var options = SettingsLoader.Load(_context.Environment, GlobalOptions.ToSettings(parse), _context.WorkingFolder).Options;
        var source = _context.Resolve(parse.GetRequiredValue(_source));
        var data = options.Storage.Data;
        using var folder = DataFolderLock.TryTake(data)
            ?? throw new CliException($"a daemon runs on {data}", $"stop it first: {_context.Program} down");
        try
        {
            await _context.Output.WaitAsync("Copying", () => DataBackup.RestoreAsync(source, options.Storage, cancellationToken));
        }
        catch (StoreException e)
        {
            throw new CliException(e.Message, $"give an empty folder: {_context.Program} restore {source} --data NEW-DIR", e);
        }

        _context.Output.Step($"{data} is as {source} was");
        _context.Output.Advice($"start it: {_context.Program} up --data {data}");
        return 0;
    }
}
