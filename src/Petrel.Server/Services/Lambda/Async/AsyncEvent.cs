using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Petrel.Server.Services.Lambda.Async;

/// <summary>An accepted event, as it waits in the queue of its function.</summary>
/// <param name="Function">The function's name; account and region are the queue's.</param>
/// <param name="Qualifier">As asked; null when none was.</param>
/// <param name="Runs">Attempts in which the function ran and failed.</param>
/// <param name="Origin">The span of the request that sent it, for whoever traces both.</param>
/// <param name="Hops">How many destinations led here, so that functions cannot pass an event around for ever.</param>
internal sealed record AsyncEventHead(
    string RequestId,
    string Account,
    string Region,
    string Function,
    string? Qualifier,
    string TraceId,
    DateTimeOffset AcceptedAt,
    int Runs = 0,
    int Hops = 0,
    string? Origin = null);

/// <summary>The bytes of an event: a format byte, the head's length, the head as JSON, the payload.</summary>
internal readonly record struct AsyncEvent(AsyncEventHead Head, ReadOnlyMemory<byte> Payload)
{
    private const byte Format = 1;
    private const int PrefixBytes = 5;

    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    public ReadOnlyMemory<byte> Encode()
    {
        var head = JsonSerializer.SerializeToUtf8Bytes(Head, Json);
        var bytes = new byte[PrefixBytes + head.Length + Payload.Length];
        bytes[0] = Format;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), head.Length);
        head.CopyTo(bytes, PrefixBytes);
        Payload.CopyTo(bytes.AsMemory(PrefixBytes + head.Length));
        return bytes;
    }

    public static AsyncEvent Decode(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span[0] != Format)
        {
            throw new InvalidDataException($"An event has format {bytes.Span[0]}, which a newer version of Petrel wrote.");
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[1..]);
        var head = JsonSerializer.Deserialize<AsyncEventHead>(bytes.Span.Slice(PrefixBytes, length), Json)!;
        return new AsyncEvent(head, bytes[(PrefixBytes + length)..]);
    }
}
