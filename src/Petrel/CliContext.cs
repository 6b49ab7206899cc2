using Petrel.Server.Settings;
using Petrel.Terminal;

namespace Petrel;

/// <summary>What a command has of the outside: the environment, a terminal, a clock and the folder that it was called in.</summary>
internal sealed record CliContext(EnvironmentReader Environment, Output Output, TimeProvider Time, string WorkingFolder)
{
    /// <summary>How the user called this program, for advice that can be typed as it stands: <c>./petrel</c>.</summary>
    public string Program
    {
        get
        {
            var launcher = Environment["PETREL_LAUNCHER"];
            if (launcher is null)
            {
                return "petrel";
            }

            var onPath = Environment.ProgramFolders.Any(folder => Path.Combine(folder, Path.GetFileName(launcher)) == launcher);
            return onPath ? Path.GetFileName(launcher) : launcher;
        }
    }

    public string Resolve(string path) => Path.GetFullPath(path, WorkingFolder);
}

/// <summary>Something that the user can mend: told in one line, with what to do next in another. Ends the program with 1.</summary>
internal sealed class CliException(string message, string? next = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What to do next; null when the message says it all.</summary>
    public string? Next { get; } = next;
}
