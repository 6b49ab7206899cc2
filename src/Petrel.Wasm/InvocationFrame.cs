using System.Buffers.Binary;
using System.Text.Json;

namespace Petrel.Wasm;

/// <summary>An event, and what is known of its invocation.</summary>
internal readonly record struct InvocationFrame(
    string RequestId, string DeadlineMs, string FunctionArn, string? TraceId, string? ClientContext, ReadOnlyMemory<byte> Payload)
{
    private const int LengthBytes = 4;

    public static InvocationFrame Read(ReadOnlyMemory<byte> body)
    {
        var headerLength = BinaryPrimitives.ReadInt32LittleEndian(body.Span);
        string requestId = "", deadline = "", arn = "";
        string? trace = null, client = null;
        var json = new Utf8JsonReader(body.Span.Slice(LengthBytes, headerLength));
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (json.ValueTextEquals("requestId"u8))
            {
                requestId = Value(ref json);
            }
            else if (json.ValueTextEquals("deadlineMs"u8))
            {
                json.Read();
                deadline = json.GetInt64().ToString();
            }
            else if (json.ValueTextEquals("functionArn"u8))
            {
                arn = Value(ref json);
            }
            else if (json.ValueTextEquals("traceId"u8))
            {
                trace = Value(ref json);
            }
            else if (json.ValueTextEquals("clientContext"u8))
            {
                client = Value(ref json);
            }
        }

        return new InvocationFrame(requestId, deadline, arn, trace, client, body[(LengthBytes + headerLength)..]);
    }

    private static string Value(ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetString()!;
    }
}

/// <summary>What is said to the daemon in the end.</summary>
internal readonly record struct Answer(ReadOnlyMemory<byte> Body, bool IsError);
