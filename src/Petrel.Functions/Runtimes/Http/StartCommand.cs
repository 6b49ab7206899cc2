namespace Petrel.Functions.Runtimes.Http;

/// <summary>The command that starts a program, as the shell gets it.</summary>
internal static class StartCommand
{
    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The handler; when its first word is a file of the code, <c>run.sh</c> means <c>./run.sh</c>.</summary>
    /// <exception cref="FunctionStartException">That file cannot be executed.</exception>
    public static string Of(FunctionSpec function)
    {
        var command = function.Handler.Trim();
        var first = command.Split([' ', '\t'], 2)[0];
        var file = Path.Combine(function.CodeDirectory, first);
        if (first.Length == 0 || first[0] == '/' || !File.Exists(file))
        {
            return command;
        }

        if ((File.GetUnixFileMode(file) & Execute) == UnixFileMode.None)
        {
            throw new FunctionStartException("Runtime.InvalidEntrypoint", $"{first} cannot be executed: chmod +x {first}, or name the program that runs it: sh {first}");
        }

        return first.Contains('/', StringComparison.Ordinal) ? command : "./" + command;
    }
}
