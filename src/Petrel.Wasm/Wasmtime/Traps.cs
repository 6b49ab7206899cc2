namespace Petrel.Wasm.Wasmtime;

/// <summary>Makes Wasmtime's texts into errors of a function.</summary>
internal static class Traps
{
    private const string TrapMark = "wasm trap: ";
    private const string TraceHead = "error while executing at wasm backtrace:";

    /// <summary>
    /// The text has the places, innermost first, below a line of its own, and below <c>Caused by:</c> what happened.
    /// </summary>
    public static FunctionException Read(string text)
    {
        var trace = new List<string>();
        var reason = "";
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Contains(TrapMark, StringComparison.Ordinal))
            {
                reason = line[(line.IndexOf(TrapMark, StringComparison.Ordinal) + TrapMark.Length)..];
            }
            else if (char.IsAsciiDigit(line[0]) && line.Contains(": ", StringComparison.Ordinal) && line.Contains(" - ", StringComparison.Ordinal))
            {
                trace.Add(line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..].TrimStart());
            }
            else if (reason.Length == 0 && line is not (TraceHead or "Caused by:"))
            {
                reason = line;
            }
        }

        var exceedsMemory = reason.Contains("exceeds memory limits", StringComparison.Ordinal);
        return new FunctionException(exceedsMemory ? "Runtime.OutOfMemory" : "Runtime.Trap", reason, trace);
    }
}
