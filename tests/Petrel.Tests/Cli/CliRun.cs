using Petrel.Server.Settings;
using Petrel.Terminal;

namespace Petrel.Tests.Cli;

/// <summary>A folder of its own and a command line called in it, with what it printed.</summary>
internal sealed class CliRun : IDisposable
{
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("petrel-cli-").FullName;

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal) { ["PATH"] = "/usr/bin:/bin" };

    /// <summary>Columns of a terminal; 0 is a pipe.</summary>
    public int TerminalWidth { get; init; }

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public Task<int> CallAsync(params string[] args)
    {
        _out.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        Environment["HOME"] = Folder;
        var output = new Output(new OutputTarget(_out, TerminalWidth > 0, TerminalWidth > 0 ? TerminalWidth : null), new OutputTarget(_error, false));
        return CommandLine.RunAsync(args, new CliContext(new EnvironmentReader(Environment), output, TimeProvider.System, Folder));
    }

    public string Write(string file, string content, UnixFileMode? mode = null)
    {
        var path = Path.Combine(Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        if (mode is { } bits)
        {
            File.SetUnixFileMode(path, bits);
        }

        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
