using System.Diagnostics;

namespace Petrel.Machine;

/// <summary>How a program ended and what it printed, both streams in one.</summary>
internal sealed record ProgramResult(int ExitCode, IReadOnlyList<string> Lines)
{
    public string FirstLine => Lines.FirstOrDefault(l => l.Length > 0) ?? "";
}

/// <summary>Runs another program to its end.</summary>
internal sealed class ExternalProgram(string file, string? folder = null)
{
    /// <summary>Lines that are kept of what it prints.</summary>
    private const int MaxLines = 2_000;

    /// <summary>Variables for it, beside those of this process.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <exception cref="CliException">The program is not there.</exception>
    public async Task<ProgramResult> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Start(start);
        var lines = new Queue<string>();
        process.OutputDataReceived += (_, e) => Keep(lines, e.Data);
        process.ErrorDataReceived += (_, e) => Keep(lines, e.Data);
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ProgramResult(process.ExitCode, [.. lines]);
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CliException($"{file} cannot be run: {e.Message}", inner: e);
        }
    }

    private static void Keep(Queue<string> lines, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (lines)
        {
            if (lines.Count == MaxLines)
            {
                lines.Dequeue();
            }

            lines.Enqueue(line);
        }
    }
}
