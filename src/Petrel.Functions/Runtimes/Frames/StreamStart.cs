using System.Buffers.Binary;
using System.Text.Json;

namespace Petrel.Functions.Runtimes.Frames;

/// <summary>Reads the body of a StreamStart frame. A function can write to its socket itself, so nothing of it is taken for granted.</summary>
internal static class StreamStart
{
    private const int LengthBytes = 4;

    public static bool TryRead(ReadOnlySpan<byte> body, out string contentType, out ReadOnlyMemory<byte> metadata)
    {
        contentType = "application/octet-stream";
        metadata = default;
        if (body.Length < LengthBytes || BinaryPrimitives.ReadUInt32LittleEndian(body) != body.Length - LengthBytes)
        {
            return false;
        }

        try
        {
            Read(body[LengthBytes..], ref contentType, ref metadata);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static void Read(ReadOnlySpan<byte> header, ref string contentType, ref ReadOnlyMemory<byte> metadata)
    {
        var json = new Utf8JsonReader(header);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (json.ValueTextEquals("contentType"u8))
            {
                json.Read();
                contentType = json.GetString() ?? contentType;
            }
            else if (json.ValueTextEquals("metadata"u8))
            {
                json.Read();
                var from = (int)json.TokenStartIndex;
                json.Skip();
                metadata = header[from..(int)json.BytesConsumed].ToArray();
            }
        }
    }
}
