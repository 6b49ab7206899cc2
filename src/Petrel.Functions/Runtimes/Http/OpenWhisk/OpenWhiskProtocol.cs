using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Petrel.Functions.Instances;

namespace Petrel.Functions.Runtimes.Http.OpenWhisk;

/// <summary>
/// Actions of Apache OpenWhisk: <c>/init</c> once, then <c>/run</c> with the arguments. A request of the function's URL calls a web action,
/// whose result describes the answer.
/// </summary>
internal sealed class OpenWhiskProtocol(FunctionSpec function, string main) : IWorkerProtocol
{
    /// <summary>Whether web actions get query and body as they came, rather than as arguments.</summary>
    public const string RawVariable = "PETREL_OPENWHISK_RAW";

    private const string ContentType = "application/json";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly bool _raw = function.Environment.GetValueOrDefault(RawVariable) == "true";

    public async ValueTask<InitOutcome> InitAsync(Worker worker, CancellationToken cancellationToken)
    {
        var body = Write(json =>
        {
            json.WriteStartObject("value"u8);
            json.WriteString("name"u8, function.Name);
            json.WriteString("main"u8, main);
            json.WriteString("code"u8, ""); // The program has its code already: it is what runs.
            json.WriteBoolean("binary"u8, false);
            json.WriteStartObject("env"u8);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        var answer = await worker.CallAsync(EventRequest.Post("/init", body, ContentType), AnswerLimits.BufferedBytes, cancellationToken);
        if (answer.Success)
        {
            return new InitOutcome(InitOutcomeKind.Ready);
        }

        var fault = new FunctionFault("OpenWhisk.InitFailed", ErrorOf(answer) ?? $"/init answered {answer.Status}");
        return new InitOutcome(InitOutcomeKind.Error, fault.ToJson(), fault.ErrorType, Untold: true);
    }

    public async ValueTask<RuntimeOutcome> ForwardAsync(Worker worker, HttpExchange exchange, WorkerCall call, CancellationToken cancellationToken)
    {
        if (await ExchangeBody.ReadAsync(exchange, cancellationToken) is not { } body)
        {
            return new RuntimeOutcome(RuntimeOutcomeKind.Streamed);
        }

        if (!WebArguments.TryWrite(exchange, body, _raw, out var arguments))
        {
            exchange.Refusal = StatusCodes.Status400BadRequest; // It names an argument that only the platform may give.
            return new RuntimeOutcome(RuntimeOutcomeKind.Streamed);
        }

        var answer = await RunAsync(worker, arguments, call, cancellationToken);
        try
        {
            if (!answer.TooLarge && WebAnswer.TryRead(answer, out var described))
            {
                await described.WriteAsync(exchange, cancellationToken);
                return new RuntimeOutcome(RuntimeOutcomeKind.Streamed);
            }
        }
        catch (FormatException e)
        {
            return new RuntimeOutcome(RuntimeOutcomeKind.Error, new FunctionFault("OpenWhisk.BadAnswer", $"The result is no HTTP answer: {e.Message}").ToJson(), Untold: true);
        }

        return answer.TooLarge ? EventAnswers.ToOutcome(answer) : Failed(answer);
    }

    public async ValueTask<RuntimeOutcome> DeliverAsync(Worker worker, WorkerCall call, CancellationToken cancellationToken)
    {
        var payload = call.Invocation.Payload;
        var arguments = IsObject(payload.Span) ? payload : Write(json =>
        {
            json.WritePropertyName("payload"u8);
            json.WriteRawValue(payload.Span);
        });
        var answer = await RunAsync(worker, arguments, call, cancellationToken);
        return answer.TooLarge || (answer.Success && ErrorOf(answer) is null) ? EventAnswers.ToOutcome(answer) : Failed(answer);
    }

    private ValueTask<WorkerAnswer> RunAsync(Worker worker, ReadOnlyMemory<byte> arguments, WorkerCall call, CancellationToken cancellationToken)
    {
        var body = Write(json =>
        {
            json.WritePropertyName("value"u8);
            json.WriteRawValue(arguments.Span);
            json.WriteString("namespace"u8, function.Account);
            json.WriteString("action_name"u8, $"/{function.Account}/{function.Name}");
            json.WriteString("action_version"u8, function.Version);
            json.WriteString("activation_id"u8, call.Invocation.RequestId.Replace("-", "", StringComparison.Ordinal));
            json.WriteString("transaction_id"u8, call.Invocation.RequestId);
            json.WriteString("deadline"u8, call.Deadline.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        });
        return worker.CallAsync(EventRequest.Post("/run", body, ContentType), AnswerLimits.BufferedBytes, cancellationToken);
    }

    /// <summary>The body tells what the action gave as its error.</summary>
    private static RuntimeOutcome Failed(WorkerAnswer answer)
    {
        var type = answer.Success ? "OpenWhisk.ApplicationError" : "OpenWhisk.DeveloperError";
        return new RuntimeOutcome(RuntimeOutcomeKind.Error, new FunctionFault(type, ErrorOf(answer) ?? $"/run answered {answer.Status}").ToJson(), type);
    }

    /// <summary>The text of a result's <c>error</c>; null when it has none.</summary>
    private static string? ErrorOf(WorkerAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error)
                ? error.ValueKind == JsonValueKind.String ? error.GetString() : error.GetRawText()
                : null;
        }
        catch (JsonException)
        {
            return answer.Success ? "The result is no JSON object" : null;
        }
    }

    private static bool IsObject(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject;
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
