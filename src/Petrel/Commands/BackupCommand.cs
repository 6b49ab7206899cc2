using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Client;

namespace Petrel.Commands;

/// <summary><c>petrel backup DIR</c>: a consistent copy of the data, made by the daemon while it serves.</summary>
internal sealed class BackupCommand : Command
{
    private readonly CliContext _context;
    private readonly Argument<string> _target = new("dir") { Description = "New folder for the copy" };

    public BackupCommand(CliContext context)
        : base("backup", "Copy the data of the running daemon into a new folder")
    {
        _context = context;
        Arguments.Add(_target);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var target = _context.Resolve(parse.GetRequiredValue(_target));
        using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
        var body = new JsonObject { ["directory"] = target };
        await _context.Output.WaitAsync(
            "Copying", () => api.RestAsync(HttpMethod.Post, "petrel", "/_petrel/backup", body, cancellationToken));
        _context.Output.Step($"everything acknowledged until now is in {target}");
        _context.Output.Advice($"to use it again: {_context.Program} restore {target} --data NEW-DIR");
        return 0;
    }
}
