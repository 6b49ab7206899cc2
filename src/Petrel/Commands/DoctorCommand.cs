using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Machine;
using Petrel.Server.Settings;
using Petrel.Terminal;

namespace Petrel.Commands;

/// <summary><c>petrel doctor</c>: what this machine gives to functions, and what would give more.</summary>
internal sealed class DoctorCommand : Command
{
    private readonly CliContext _context;
    private readonly Option<bool> _json = GlobalOptions.Json();

    public DoctorCommand(CliContext context)
        : base("doctor", "Look at this machine: sandboxes, runtimes, disk, network")
    {
        _context = context;
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var options = SettingsLoader.Load(_context.Environment, GlobalOptions.ToSettings(parse), _context.WorkingFolder).Options;
        var check = new MachineCheck(_context.Environment, options, _context.Time);
        var findings = await _context.Output.WaitAsync("Looking at the machine", _ => check.RunAsync(cancellationToken));
        if (parse.GetValue(_json))
        {
            _context.Output.Json(new JsonArray([.. findings.Select(ToJson)]));
        }
        else
        {
            Show(findings);
        }

        return findings.Any(f => f.Grade == Grade.Bad) ? CommandLine.Failed : 0;
    }

    private void Show(IReadOnlyList<Finding> findings)
    {
        var table = new TextTable("", "Area", "Found") { WrapsLongColumn = true };
        foreach (var finding in findings)
        {
            table.Add(Mark(finding.Grade), finding.Area, finding.What);
        }

        var output = _context.Output;
        output.Table(table);
        foreach (var finding in findings.Where(f => f.Next is not null).DistinctBy(f => f.Next))
        {
            output.Advice($"{finding.Area}: {finding.Next}");
        }

        if (findings.All(f => f.Grade is Grade.Good or Grade.Absent))
        {
            output.Step("everything that Petrel uses is here");
        }
    }

    private static Cell Mark(Grade grade) => grade switch
    {
        Grade.Good => new Cell("ok", "green"),
        Grade.Absent => new Cell("-", "dim"),
        Grade.Reduced => new Cell("less", "yellow"),
        _ => new Cell("bad", "red"),
    };

    private static JsonObject ToJson(Finding finding) => new()
    {
        ["area"] = finding.Area,
        ["grade"] = finding.Grade.ToString().ToLowerInvariant(),
        ["found"] = finding.What,
        ["next"] = finding.Next,
    };
}
