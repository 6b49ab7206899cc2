using System.CommandLine;
using System.Diagnostics;
using Petrel.Machine;

namespace Petrel.Commands;

/// <summary><c>petrel bench</c>: measures this build on this machine; all that follows goes to the benchmark's own program.</summary>
internal sealed class BenchCommand : Command
{
    private const string Project = "bench/Petrel.Bench";

    private readonly CliContext _context;
    private readonly Argument<string[]> _arguments = new("scenario") { Description = "Scenarios to measure (default: all)", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<int?> _seconds = new("--seconds") { Description = "Seconds for each measurement" };

    public BenchCommand(CliContext context)
        : base("bench", "Measure this build on this machine")
    {
        _context = context;
        Arguments.Add(_arguments);
        Options.Add(_seconds);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var project = Path.Combine(FindSources(), Project);
        await new DebianPackages(_context.Environment).PrepareAsync("bench", $"{_context.Program} bench", _context.Output, cancellationToken);
        var start = new ProcessStartInfo("dotnet", ["run", "-c", "Release", "--project", project, "--", .. parse.GetValue(_arguments) ?? []]);
        if (parse.GetValue(_seconds) is { } seconds)
        {
            start.ArgumentList.Add("--seconds");
            start.ArgumentList.Add(seconds.ToString());
        }

        // It shares this terminal, and gets Ctrl+C from it as this process does.
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    /// <summary>The launcher lies in the source tree.</summary>
    private string FindSources()
    {
        if (_context.Environment["PETREL_LAUNCHER"] is { } launcher)
        {
            var path = File.ResolveLinkTarget(_context.Resolve(launcher), returnFinalTarget: true)?.FullName ?? _context.Resolve(launcher);
            var root = Path.GetDirectoryName(path)!;
            if (Directory.Exists(Path.Combine(root, Project)))
            {
                return root;
            }
        }

        throw new CliException("the benchmarks are part of the sources, which are not here", "run ./petrel bench in a clone of Petrel");
    }
}
