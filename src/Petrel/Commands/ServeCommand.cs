using System.CommandLine;
using Microsoft.AspNetCore.Connections;
using Petrel.Client;
using Petrel.Daemon;
using Petrel.Server;
using Petrel.Server.Settings;

namespace Petrel.Commands;

/// <summary><c>petrel serve</c>: the daemon in the foreground, until SIGTERM or Ctrl+C.</summary>
internal sealed class ServeCommand : Command
{
    private readonly CliContext _context;
    private readonly Option<int?> _port = new("--port", "-p") { Description = "Port (default: 4566; 0 takes a free one)" };
    private readonly Option<string?> _bind = new("--bind") { Description = "Address (default: 127.0.0.1; another needs generated keys)", HelpName = "ADDR" };

    public ServeCommand(CliContext context)
        : base("serve", "Run the daemon in the foreground")
    {
        _context = context;
        Options.Add(_port);
        Options.Add(_bind);
        SetAction(RunAsync);
    }

    private Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var settings = SettingsLoader.Load(
            _context.Environment,
            GlobalOptions.ToSettings(parse, ("edge.port", parse.GetValue(_port)?.ToString(), "--port"), ("edge.bind", parse.GetValue(_bind), "--bind")),
            _context.WorkingFolder);
        RootKeyFile.RequireForBind(settings.Options);
        return ServeAsync(settings.Options);
    }

    /// <summary>Apart from the parsing, so that no other command loads the server.</summary>
    private async Task<int> ServeAsync(PetrelOptions options)
    {
        var data = options.Storage.Data;
        using var folder = await DataFolderLock.TakeAsync(data, _context.Time) ?? throw Occupied(data);
        await using var server = await StartServerAsync(options);

        // A port of 0 was replaced by the system's choice.
        var endpoint = Connection.DefaultEndpoint(options.Edge with { Port = server.Endpoint.Port });
        new DaemonFile(Environment.ProcessId, endpoint, _context.Time.GetUtcNow(), PetrelVersion.Current).Write(data);
        _context.Output.Notice($"Petrel {PetrelVersion.Current} serves {endpoint.GetLeftPart(UriPartial.Authority)} from {data}");
        try
        {
            await server.WaitForShutdownAsync();
        }
        finally
        {
            DaemonFile.Remove(data);
        }

        _context.Output.Notice("Petrel has stopped.");
        return 0;
    }

    private async Task<PetrelServer> StartServerAsync(PetrelOptions options)
    {
        try
        {
            return await PetrelServer.StartAsync(options);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new CliException(
                $"something else listens on {options.Edge.Bind} port {options.Edge.Port}",
                $"give this daemon another port: {_context.Program} up --port N (0 takes a free one)");
        }
    }

    private CliException Occupied(string data) => DaemonFile.TryRead(data) is { } other
        ? new CliException(
            $"another daemon (process {other.ProcessId}, {other.Endpoint}) serves {data}",
            $"stop it: {_context.Program} down; or give this one a folder of its own: --data DIR")
        : new CliException($"another daemon is starting or stopping on {data}", "give this one a folder of its own: --data DIR");
}
