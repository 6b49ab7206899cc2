using System.Globalization;
using System.Text.Json;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Instances;

/// <summary>What a caller is told when the platform ended an invocation: Lambda's bodies, messages and types.</summary>
internal readonly record struct FunctionFault(string ErrorType, string Message)
{
    /// <summary>What Lambda gives as its limit of a buffered answer: 6 MB and a little.</summary>
    public const int MaxResponseBytes = 6_291_556;

    public static FunctionFault Timeout(string requestId, TimeSpan timeout) =>
        new("Sandbox.Timedout", string.Create(CultureInfo.InvariantCulture, $"RequestId: {requestId} Error: Task timed out after {timeout.TotalSeconds:F2} seconds"));

    public static FunctionFault TooLarge() =>
        new("Function.ResponseSizeTooLarge", $"Response payload size exceeded maximum allowed payload size ({MaxResponseBytes} bytes).");

    public static FunctionFault Exit(string requestId, SandboxExit exit)
    {
        var reason = exit switch
        {
            { Signal: { } signal } => $"exited with error: signal: {SignalName(signal)}",
            { Code: 0 } => "exited without providing a reason",
            { Code: var code } => $"exited with error: exit status {code}",
        };
        return new FunctionFault(exit.OutOfMemory ? "Runtime.OutOfMemory" : "Runtime.ExitError", $"RequestId: {requestId} Error: Runtime {reason}");
    }

    /// <summary>Apostrophes and the like stand as they are, as Lambda writes them.</summary>
    private static JsonWriterOptions Plain => new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("errorType"u8, ErrorType);
            writer.WriteString("errorMessage"u8, Message);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>What <see cref="ToJson"/> wrote.</summary>
    public static FunctionFault Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return new FunctionFault(
            document.RootElement.GetProperty("errorType"u8).GetString()!, document.RootElement.GetProperty("errorMessage"u8).GetString()!);
    }

    private static string SignalName(int signal) => signal switch
    {
        1 => "hangup",
        2 => "interrupt",
        3 => "quit",
        4 => "illegal instruction",
        5 => "trace/breakpoint trap",
        6 => "aborted",
        7 => "bus error",
        8 => "floating point exception",
        9 => "killed",
        11 => "segmentation fault",
        13 => "broken pipe",
        15 => "terminated",
        31 => "bad system call",
        _ => signal.ToString(CultureInfo.InvariantCulture),
    };
}
