using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Terminal;

namespace Petrel.Commands;

/// <summary><c>petrel logs NAME</c>: what a function printed, and prints.</summary>
internal sealed class LogsCommand : Command
{
    private readonly CliContext _context;
    private readonly Argument<string> _name;
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on with new lines until Ctrl+C" };
    private readonly Option<string?> _since = new("--since", "-s") { Description = "Such as 30s, 10m, 2h, 1d or a time (default: 1h)", HelpName = "AGE" };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object a line for programs" };

    public LogsCommand(CliContext context)
        : base("logs", "Show what a function printed")
    {
        _context = context;
        _name = FunctionArgument.Create(context);
        Arguments.Add(_name);
        foreach (var option in new Option[] { _follow, _since, _json })
        {
            Options.Add(option);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
        var logs = new LogsClient(api, _context.Time);
        var name = parse.GetRequiredValue(_name);
        var group = LogsClient.GroupOf(name.Split(':')[^1]);
        var since = ParseSince(parse.GetValue(_since) ?? "1h", _context.Time.GetUtcNow());
        var printer = new LogPrinter(_context.Output);
        var lines = parse.GetValue(_follow) ? logs.FollowAsync(group, since, cancellationToken) : logs.ReadAsync(group, since, cancellationToken);
        try
        {
            await foreach (var line in lines)
            {
                Print(line, printer, parse.GetValue(_json));
            }
        }
        catch (ApiException e) when (e.IsNotFound || e.Code == "ResourceNotFoundException")
        {
            throw new CliException($"{name} has no log: it was never invoked, or there is no such function", $"see what there is: {_context.Program} ls", e);
        }
        catch (OperationCanceledException) when (parse.GetValue(_follow))
        {
            // Ctrl+C is how one stops to follow.
        }

        return 0;
    }

    private void Print(LogLine line, LogPrinter printer, bool json)
    {
        if (json)
        {
            var node = new JsonObject { ["time"] = line.Time.ToString("O", CultureInfo.InvariantCulture), ["stream"] = line.Stream, ["message"] = line.Text };
            _context.Output.Line(node.ToJsonString());
        }
        else
        {
            printer.Print(line);
        }
    }

    /// <summary>An age (<c>10m</c>) or a time (<c>2026-01-31T10:20:30Z</c>).</summary>
    /// <param name="option">What the user gave it with.</param>
    internal static DateTimeOffset ParseSince(string text, DateTimeOffset now, string option = "--since")
    {
        if (text.Length > 1 && long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count < 1_000_000)
        {
            TimeSpan? age = text[^1] switch
            {
                's' => TimeSpan.FromSeconds(count),
                'm' => TimeSpan.FromMinutes(count),
                'h' => TimeSpan.FromHours(count),
                'd' => TimeSpan.FromDays(count),
                _ => null,
            };
            if (age is { } back)
            {
                return now - back;
            }
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new CliException($"{option} takes an age such as 30s, 10m, 2h or 1d, or a time, not {text}");
    }
}
