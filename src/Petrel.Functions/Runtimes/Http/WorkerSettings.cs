using System.Globalization;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>What a function's own variables say of how its program is spoken with.</summary>
/// <param name="Port">Where the program listens; <c>PORT</c>.</param>
/// <param name="ReadyPath">It is ready when this path answers without an error, rather than when it accepts connections.</param>
/// <param name="EventPath">Where events are POSTed.</param>
internal sealed record WorkerSettings(int Port, string? ReadyPath, string EventPath)
{
    public const string PortVariable = "PORT";
    public const string ReadyPathVariable = "PETREL_HTTP_READY_PATH";
    public const string EventPathVariable = "PETREL_HTTP_EVENT_PATH";

    /// <summary>Cloud Run's.</summary>
    private const int DefaultPort = 8080;

    private const int PlatformPort = 4566;

    /// <exception cref="FunctionStartException">A value means nothing.</exception>
    public static WorkerSettings Of(FunctionSpec function, string defaultEventPath = "/")
    {
        var text = function.Environment.GetValueOrDefault(PortVariable);
        var port = DefaultPort;
        if (text is not null && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535 or PlatformPort))
        {
            throw Invalid($"{PortVariable} is a number from 1 to 65535, and not {PlatformPort}, where the platform answers. It is {text}");
        }

        return new WorkerSettings(port, PathOf(function, ReadyPathVariable), PathOf(function, EventPathVariable) ?? defaultEventPath);
    }

    public static FunctionStartException Invalid(string message) => new("Runtime.InvalidConfiguration", message);

    private static string? PathOf(FunctionSpec function, string name)
    {
        if (!function.Environment.TryGetValue(name, out var path) || path.Length == 0)
        {
            return null;
        }

        return path[0] == '/' && path.All(c => c is > ' ' and < (char)0x7F)
            ? path
            : throw Invalid($"{name} is a path that begins with / and has no blanks. It is {path}");
    }
}
