using System.Text.Json;

namespace Petrel.Server.Metering.Api;

/// <param name="Type">As the function's error body names it: <c>Runtime.ExitError</c>, <c>ValueError</c>.</param>
internal sealed record FunctionFailure(DateTimeOffset Time, string RequestId, string Version, string Type, string Message);

/// <summary>The last failures of a function, in memory: for somebody who asks what is wrong with it. Its log has them all.</summary>
internal sealed class FunctionFailures
{
    private const int Kept = 5;
    private const int MaxBodyBytes = 16_384;
    private const int MaxMessage = 300;

    private readonly Lock _lock = new();
    private readonly Queue<FunctionFailure> _last = new(Kept);

    public void Add(DateTimeOffset time, string requestId, string version, ReadOnlyMemory<byte> body)
    {
        var (type, message) = Read(body);
        lock (_lock)
        {
            if (_last.Count == Kept)
            {
                _last.Dequeue();
            }

            _last.Enqueue(new FunctionFailure(time, requestId, version, type, message));
        }
    }

    /// <summary>Latest first.</summary>
    public IReadOnlyList<FunctionFailure> Latest()
    {
        lock (_lock)
        {
            return [.. _last.Reverse()];
        }
    }

    private static (string Type, string Message) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            if (body.Length is > 0 and <= MaxBodyBytes)
            {
                using var document = JsonDocument.Parse(body);
                return (Text(document.RootElement, "errorType"), Text(document.RootElement, "errorMessage"));
            }
        }
        catch (JsonException)
        {
            // A function may answer an error with anything.
        }

        return ("", "");
    }

    private static string Text(JsonElement body, string member)
    {
        var text = body.ValueKind == JsonValueKind.Object && body.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
        return text.Length <= MaxMessage ? text : text[..MaxMessage] + "…";
    }
}
