using System.Globalization;
using System.Text.Json;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>
/// Google's older events (signature <c>event</c>): one JSON object of <c>data</c> and <c>context</c>. An event that has this form is passed on
/// as it is.
/// </summary>
internal sealed class GoogleBackground(FunctionSpec function, string eventPath) : IWorkerProtocol
{
    private readonly PlainHttp _plain = new(function, eventPath);

    public ValueTask<InitOutcome> InitAsync(Worker worker, CancellationToken cancellationToken) => _plain.InitAsync(worker, cancellationToken);

    public ValueTask<RuntimeOutcome> ForwardAsync(Worker worker, HttpExchange exchange, WorkerCall call, CancellationToken cancellationToken) =>
        _plain.ForwardAsync(worker, exchange, call, cancellationToken);

    public async ValueTask<RuntimeOutcome> DeliverAsync(Worker worker, WorkerCall call, CancellationToken cancellationToken)
    {
        var body = HasForm(call.Invocation.Payload) ? call.Invocation.Payload : Wrap(call.Invocation, call.Deadline - function.Timeout);
        var request = EventRequest.Post(eventPath, body, "application/json", (ref RequestWriter writer) =>
            ForwardedRequest.WriteInvocation(ref writer, call));
        return EventAnswers.ToOutcome(await worker.CallAsync(request, AnswerLimits.BufferedBytes, cancellationToken));
    }

    private static bool HasForm(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("data", out _) && document.RootElement.TryGetProperty("context", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] Wrap(Invocation invocation, DateTimeOffset time)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("context"u8);
            json.WriteString("eventId"u8, invocation.RequestId);
            json.WriteString("timestamp"u8, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("eventType"u8, "dev.petrel.function.invoked"u8);
            json.WriteString("resource"u8, invocation.InvokedFunctionArn);
            json.WriteEndObject();
            json.WritePropertyName("data"u8);
            json.WriteRawValue(invocation.Payload.Span);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
