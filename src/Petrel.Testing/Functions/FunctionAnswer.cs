using System.Text;
using Petrel.Functions;

namespace Petrel.Testing;

/// <summary>How a scripted invocation ends: an answer, an error, or a stream of chunks.</summary>
public sealed record FunctionAnswer
{
    public ReadOnlyMemory<byte> Payload { get; init; }

    public string? FunctionError { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>The chunks of a streaming handler; null for a buffered answer.</summary>
    public IReadOnlyList<string>? Chunks { get; init; }

    /// <summary>The HTTP prelude of a streaming handler, if it gave one.</summary>
    public string Metadata { get; init; } = "";

    public string LogTail { get; init; } = "";

    /// <summary>How long the invocation says that it took.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMilliseconds(1);

    public static FunctionAnswer Of(ReadOnlyMemory<byte> payload) => new() { Payload = payload };

    public static FunctionAnswer Of(string json) => new() { Payload = Encoding.UTF8.GetBytes(json) };

    /// <summary>An error as a runtime reports an exception of the handler.</summary>
    public static FunctionAnswer Error(string message, string type = "Error") => new()
    {
        FunctionError = "Unhandled",
        Payload = Encoding.UTF8.GetBytes($$"""{"errorMessage":"{{message}}","errorType":"{{type}}"}"""),
    };

    /// <summary>An answer that is sent chunk by chunk.</summary>
    public static FunctionAnswer Stream(params string[] chunks) => new() { Chunks = chunks, ContentType = "application/octet-stream" };

    internal async Task StreamToAsync(IResponseStream stream, CancellationToken cancellationToken)
    {
        if (Chunks is null)
        {
            return;
        }

        await stream.StartAsync(ContentType, Encoding.UTF8.GetBytes(Metadata), cancellationToken);
        foreach (var chunk in Chunks)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(chunk), cancellationToken);
        }
    }

    internal InvocationResult ToResult(FunctionSpec spec, Invocation invocation) => new()
    {
        Payload = Chunks is null || FunctionError is not null
            ? Payload
            : invocation.ResponseStream is null ? Encoding.UTF8.GetBytes(string.Concat(Chunks)) : default,
        FunctionError = FunctionError,
        ContentType = ContentType,
        ExecutedVersion = spec.Version,
        LogTail = invocation.WantLogTail ? Encoding.UTF8.GetBytes(LogTail) : default,
        Report = new InvocationReport(
            Duration,
            TimeSpan.FromMilliseconds(Math.Ceiling(Duration.TotalMilliseconds)),
            null,
            spec.MemoryMb,
            spec.MemoryMb / 4,
            "2026/01/01/[$LATEST]0123456789abcdef"),
    };
}
