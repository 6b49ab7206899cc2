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
    private readonly Queue<Failure> _last = new(Kept);

    /// <summary>Cheap: what the body says is read when somebody asks.</summary>
    public void Add(DateTimeOffset time, string requestId, string version, ReadOnlyMemory<byte> body)
    {
        lock (_lock)
        {
            if (_last.Count == Kept)
            {
                _last.Dequeue();
            }

            _last.Enqueue(new Failure(time, requestId, version, body.Length <= MaxBodyBytes ? body : default));
        }
    }

    /// <summary>Latest first.</summary>
    public IReadOnlyList<FunctionFailure> Latest()
    {
        Failure[] last;
        lock (_lock)
        {
            last = [.. _last.Reverse()];
        }

        return [.. last.Select(failure =>
        {
            var (type, message) = Read(failure.Body);
            return new FunctionFailure(failure.Time, failure.RequestId, failure.Version, type, message);
        })];
    }

    private static (string Type, string Message) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            if (!body.IsEmpty)
            {
                using var document = JsonDocument.Parse(body);
                return (Text(document.RootElement, "errorType"), Text(document.RootElement, "errorMessage"));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A function may answer an error with anything, also with text that is none.
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

    private readonly record struct Failure(DateTimeOffset Time, string RequestId, string Version, ReadOnlyMemory<byte> Body);
}
