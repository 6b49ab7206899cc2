using System.Buffers;
using System.Text.Json;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;

namespace Petrel.Server.Services.Lambda.Async;

/// <summary>The record of an asynchronous invocation, as destinations get it.</summary>
internal static class AsyncRecord
{
    /// <param name="condition">Null for a success.</param>
    public static ReadOnlyMemory<byte> Write(
        ResolvedFunction source,
        AsyncEvent accepted,
        InvocationResult? result,
        string? condition,
        DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteString("timestamp", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        json.WriteStartObject("requestContext");
        json.WriteString("requestId", accepted.Head.RequestId);
        json.WriteString("functionArn", source.Function.Key.QualifiedArn(source.Qualifier ?? VersionName.Latest));
        json.WriteString("condition", condition ?? "Success");
        json.WriteNumber("approximateInvokeCount", accepted.Head.Runs + (result is null ? 0 : 1));
        json.WriteEndObject();
        json.WritePropertyName("requestPayload");
        json.WriteRawValue(accepted.Payload.Span);
        if (result is not null)
        {
            WriteResult(json, result);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteResult(Utf8JsonWriter json, InvocationResult result)
    {
        json.WriteStartObject("responseContext");
        json.WriteNumber("statusCode", 200);
        json.WriteString("executedVersion", result.ExecutedVersion);
        if (result.FunctionError is { } error)
        {
            json.WriteString("functionError", error);
        }

        json.WriteEndObject();
        json.WritePropertyName("responsePayload");
        if (IsJson(result.Payload.Span))
        {
            json.WriteRawValue(result.Payload.Span);
        }
        else
        {
            json.WriteStringValue(result.Payload.Span);
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> payload) => !payload.IsEmpty && Invocation.PayloadCheck.FindProblem(payload) is null;
}
