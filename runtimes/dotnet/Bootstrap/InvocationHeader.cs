using System.Buffers.Binary;
using System.Text.Json;

namespace Petrel.Bootstrap;

/// <summary>What a frame says of an invocation beside its event.</summary>
internal sealed record InvocationHeader(string RequestId, long DeadlineMs, string FunctionArn, string? TraceId, string? ClientContext, string? CognitoIdentity)
{
    private const string TraceVariable = "_X_AMZN_TRACE_ID";
    private static string? _forwarded;

    public static InvocationHeader Read(ReadOnlyMemory<byte> frame, out ReadOnlyMemory<byte> payload)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(frame.Span);
        payload = frame[(4 + length)..];
        var values = new string?[6];
        var reader = new Utf8JsonReader(frame.Span.Slice(4, length));
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var index = Index(ref reader);
            reader.Read();
            if (index >= 0)
            {
                values[index] = reader.TokenType == JsonTokenType.Number ? reader.GetInt64().ToString() : reader.GetString();
            }
        }

        return new InvocationHeader(values[0] ?? "", long.Parse(values[1] ?? "0"), values[2] ?? "", values[3], values[4], values[5]);
    }

    /// <summary>Tracing libraries look for the trace in the environment.</summary>
    public void ForwardTrace()
    {
        if (TraceId != _forwarded)
        {
            _forwarded = TraceId;
            Environment.SetEnvironmentVariable(TraceVariable, TraceId);
        }
    }

    private static int Index(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("requestId"u8) ? 0
        : reader.ValueTextEquals("deadlineMs"u8) ? 1
        : reader.ValueTextEquals("functionArn"u8) ? 2
        : reader.ValueTextEquals("traceId"u8) ? 3
        : reader.ValueTextEquals("clientContext"u8) ? 4
        : reader.ValueTextEquals("cognitoIdentity"u8) ? 5
        : -1;
}
