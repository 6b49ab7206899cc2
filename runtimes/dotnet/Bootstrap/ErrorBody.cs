using System.Text.Json;

namespace Petrel.Bootstrap;

/// <summary>What callers see of an exception: its type, message, frames, and those of the exceptions within.</summary>
internal static class ErrorBody
{
    private const int MaxDepth = 10;

    public static byte[] Of(Exception error)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(json, error, 0);
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Exception error, int depth)
    {
        json.WriteStartObject();
        json.WriteString("errorType", error.GetType().Name);
        json.WriteString("errorMessage", error.Message);
        var frames = Frames(error);
        if (frames.Count > 0)
        {
            json.WriteStartArray("stackTrace");
            foreach (var frame in frames)
            {
                json.WriteStringValue(frame);
            }

            json.WriteEndArray();
        }

        if (depth < MaxDepth && error.InnerException is { } inner)
        {
            json.WritePropertyName("cause");
            Write(json, inner, depth + 1);
        }

        if (depth < MaxDepth && error is AggregateException { InnerExceptions.Count: > 0 } aggregate)
        {
            json.WriteStartArray("causes");
            foreach (var each in aggregate.InnerExceptions)
            {
                Write(json, each, depth + 1);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    // The function's frames only: below them are reflection and this program.
    private static List<string> Frames(Exception error)
    {
        var frames = (error.StackTrace ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToList();
        if (frames.Exists(f => !IsOurs(f)))
        {
            frames.RemoveRange(frames.FindLastIndex(f => !IsOurs(f)) + 1, frames.Count - frames.FindLastIndex(f => !IsOurs(f)) - 1);
        }

        return frames;
    }

    private static bool IsOurs(string frame) =>
        frame.StartsWith("at Petrel.Bootstrap.", StringComparison.Ordinal) || frame.StartsWith("at System.Reflection.", StringComparison.Ordinal)
        || frame.StartsWith("at System.RuntimeMethodHandle.", StringComparison.Ordinal) || frame.StartsWith("at Program.", StringComparison.Ordinal)
        || frame.StartsWith("at InvokeStub_", StringComparison.Ordinal) || frame.StartsWith("at System.Activator.", StringComparison.Ordinal)
        || frame.StartsWith("at System.RuntimeType.", StringComparison.Ordinal) || frame.StartsWith("--- End of stack trace", StringComparison.Ordinal);
}
