using System.CommandLine;
using Petrel.Daemon;
using Petrel.Server.Settings;

namespace Petrel.Commands;

/// <summary><c>petrel down</c>: stops the daemon of the data folder, after it has drained.</summary>
internal sealed class DownCommand : Command
{
    private readonly CliContext _context;

    public DownCommand(CliContext context)
        : base("down", "Stop the daemon")
    {
        _context = context;
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var options = SettingsLoader.Load(_context.Environment, GlobalOptions.ToSettings(parse), _context.WorkingFolder).Options;
        var process = new DaemonProcess(_context, options);
        if (process.FindRunning() is not { } daemon)
        {
            _context.Output.Step($"no daemon runs on {options.Storage.Data}");
            return 0;
        }

        var stopped = await _context.Output.WaitAsync("Waiting for running invocations", _ => process.StopAsync(daemon, cancellationToken));
        if (!stopped)
        {
            throw new CliException(
                $"the daemon (process {daemon.ProcessId}) still finishes invocations", $"wait, or end it at once: kill -9 {daemon.ProcessId} (nothing acknowledged is lost)");
        }

        _context.Output.Step($"Petrel has stopped; its data is in {options.Storage.Data}");
        return 0;
    }
}
