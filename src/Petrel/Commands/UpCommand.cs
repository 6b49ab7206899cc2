using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Daemon;
using Petrel.Machine;
using Petrel.Samples;
using Petrel.Server.Settings;
using Petrel.Terminal;
using Spectre.Console;

namespace Petrel.Commands;

/// <summary><c>petrel up</c>: from an empty machine to invoked functions. Done again, it finds all of it there.</summary>
internal sealed class UpCommand : Command
{
    /// <summary>Lines of a sample's log that are shown, at most.</summary>
    private const int LogLines = 8;

    private readonly CliContext _context;
    private readonly Option<int?> _port = new("--port", "-p") { Description = "Port (default: 4566)" };
    private readonly Option<string?> _bind = new("--bind") { Description = "Address (default: 127.0.0.1; another needs generated keys)", HelpName = "ADDR" };
    private readonly Option<bool> _noSamples = new("--no-samples") { Description = "Only start the daemon" };
    private readonly Option<bool> _json = GlobalOptions.Json();

    public UpCommand(CliContext context)
        : base("up", "Prepare this machine, start the daemon and try it with sample functions")
    {
        _context = context;
        foreach (var option in new Option[] { _port, _bind, _noSamples, _json })
        {
            Options.Add(option);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        (string, string?, string)[] own = [("edge.port", parse.GetValue(_port)?.ToString(), "--port"), ("edge.bind", parse.GetValue(_bind), "--bind")];
        var commandLine = GlobalOptions.ToSettings(parse, own);
        var options = SettingsLoader.Load(_context.Environment, commandLine, _context.WorkingFolder).Options;
        RootKeyFile.RequireForBind(options);

        await new DebianPackages(_context.Environment).PrepareAsync("run", $"{_context.Program} up", _context.Output, cancellationToken);
        var daemon = await StartAsync(options, commandLine, cancellationToken);
        var visits = new List<SampleVisit>();
        if (!parse.GetValue(_noSamples))
        {
            var connection = new Connection(daemon.Endpoint, Connection.DefaultRegion, Credentials.OfRoot(options.Storage, daemon), options);
            using var api = new ApiClient(connection, _context.Time);
            visits.AddRange(await _context.Output.WaitAsync("Deploying the samples", say => VisitAsync(api, options.Storage.Data, say, cancellationToken)));
        }

        if (parse.GetValue(_json))
        {
            _context.Output.Json(ToJson(daemon, visits));
        }
        else
        {
            Show(visits);
            Advise(visits);
        }

        return 0;
    }

    private async Task<DaemonFile> StartAsync(PetrelOptions options, CommandLineSettings commandLine, CancellationToken cancellationToken)
    {
        var process = new DaemonProcess(_context, options);
        if (process.FindRunning() is { } running)
        {
            RefuseToMove(running, options, commandLine);
            _context.Output.Step($"Petrel is running at {Address(running)} (process {running.ProcessId}), data in {options.Storage.Data}");
            return running;
        }

        var start = _context.Time.GetTimestamp();
        var daemon = await _context.Output.WaitAsync("Starting the daemon", _ => process.StartAsync(ServeArguments(commandLine), cancellationToken));
        var time = _context.Time.GetElapsedTime(start);
        _context.Output.Step($"Petrel serves {Address(daemon)} since {time.TotalSeconds:0.0} s (process {daemon.ProcessId}), data in {options.Storage.Data}");
        return daemon;
    }

    /// <summary>A port that was asked for is not passed over silently because the daemon has another one.</summary>
    private void RefuseToMove(DaemonFile running, PetrelOptions options, CommandLineSettings commandLine)
    {
        var asked = commandLine.Values.Any(v => v.Key == "edge.port");
        if (asked && options.Edge.Port != 0 && options.Edge.Port != running.Endpoint.Port)
        {
            throw new CliException(
                $"Petrel runs at {Address(running)} with the data of {options.Storage.Data}, not on port {options.Edge.Port}",
                $"move it: {_context.Program} down, then up again; or start another one beside it with --data DIR");
        }
    }

    /// <summary>The daemon is given the same settings by the same names.</summary>
    internal static IEnumerable<string> ServeArguments(CommandLineSettings commandLine) =>
    [
        .. commandLine.File is { } file ? ["--config", file] : Array.Empty<string>(),
        .. commandLine.Values.SelectMany(v => new[] { "--set", $"{v.Key}={v.Text}" }),
    ];

    private async Task<List<SampleVisit>> VisitAsync(ApiClient api, string data, Action<string> progress, CancellationToken cancellationToken)
    {
        var tour = new SampleTour(_context, api);
        var visits = new List<SampleVisit>();
        foreach (var sample in SampleCatalogue.Hello)
        {
            visits.Add(await tour.VisitAsync(sample, Path.Combine(data, "samples"), progress, cancellationToken));
        }

        return visits;
    }

    private void Show(List<SampleVisit> visits)
    {
        if (visits.Count == 0)
        {
            return;
        }

        var output = _context.Output;
        var table = new TextTable("Function", "Answer", "Cold", "Warm") { LongColumn = 1 };
        foreach (var visit in visits)
        {
            table.Add(visit.Function.Name, visit.Answer, visit.Cold is { } cold ? new Cell(Milliseconds(cold), "yellow") : new Cell("was warm", "dim"), new Cell(Milliseconds(visit.Warm), "green"));
        }

        output.Table(table);
        foreach (var visit in visits)
        {
            output.Line();
            output.Markup($"[bold]{Markup.Escape(visit.Function.Name)}[/]");
            output.Markup($"  [blue]{Markup.Escape(visit.Function.Url!)}[/]");
            foreach (var line in FirstInvocation(visit.Log).Select(LogPrinter.Shorten).OfType<string>())
            {
                output.Markup($"  [dim]{Markup.Escape(line)}[/]");
            }
        }

        output.Line();
    }

    /// <summary>The log up to the first report, which says how long it took and what of it was the start.</summary>
    internal static IEnumerable<string> FirstInvocation(IReadOnlyList<LogLine> log)
    {
        var report = log.ToList().FindIndex(l => l.Text.StartsWith("REPORT", StringComparison.Ordinal));
        return log.Take(report < 0 ? LogLines : report + 1).TakeLast(LogLines).Select(l => l.Text);
    }

    private void Advise(List<SampleVisit> visits)
    {
        var output = _context.Output;
        if (visits.Count > 0)
        {
            output.Advice($"call one: curl {visits[0].Function.Url}");
        }

        output.Advice($"your own: {_context.Program} init my-function --runtime python && {_context.Program} deploy my-function");
        output.Advice($"SDKs and the AWS CLI: eval \"$({_context.Program} env)\"");
    }

    private static JsonObject ToJson(DaemonFile daemon, List<SampleVisit> visits) => new()
    {
        ["endpoint"] = Address(daemon),
        ["processId"] = daemon.ProcessId,
        ["samples"] = new JsonArray([.. visits.Select(v => new JsonObject
        {
            ["name"] = v.Function.Name,
            ["url"] = v.Function.Url,
            ["answer"] = v.Answer,
            ["coldMs"] = v.Cold?.TotalMilliseconds,
            ["warmMs"] = v.Warm.TotalMilliseconds,
            ["log"] = new JsonArray([.. v.Log.Select(l => (JsonNode)l.Text)]),
        })]),
    };

    private static string Address(DaemonFile daemon) => daemon.Endpoint.GetLeftPart(UriPartial.Authority);

    private static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds:0.0} ms";
}
