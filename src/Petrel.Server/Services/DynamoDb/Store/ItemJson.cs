using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Petrel.Aws.DynamoDb;
using Petrel.Wire.Protocols;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>
/// Writes the JSON of stored bytes, without a value in between. The text of an item is made in one buffer and handed to the writer whole:
/// the bytes were checked when they were stored, so that the writer's own checks of each name and value have nothing to find.
/// </summary>
internal static class ItemJson
{
    /// <summary>A thread keeps a buffer of this size at most.</summary>
    private const int MaxKept = 64 * 1024;

    /// <summary><c>\u0000</c>.</summary>
    private const int MaxEscape = 6;

    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        "\"\\\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f"u8
        + "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f"u8);

    [ThreadStatic]
    private static PooledBuffer? _kept;

    public static void WriteEntries(Utf8JsonWriter writer, ref ItemBytesReader reader)
    {
        var buffer = _kept ?? new PooledBuffer();
        _kept = null;
        buffer.Clear();
        WriteEntries(buffer, ref reader);
        writer.WriteRawValue(buffer.Written.Span, skipInputValidation: true);
        if (buffer.Length > MaxKept)
        {
            buffer.Dispose();
        }

        _kept = buffer;
    }

    private static void WriteEntries(PooledBuffer output, ref ItemBytesReader reader)
    {
        Append(output, "{"u8);
        var count = reader.ReadVarint();
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
            {
                Append(output, ","u8);
            }

            AppendText(output, reader.ReadBytes());
            Append(output, ":"u8);
            WriteValue(output, ref reader);
        }

        Append(output, "}"u8);
    }

    private static void WriteValue(PooledBuffer output, ref ItemBytesReader reader)
    {
        var tag = reader.ReadByte();
        switch ((AttributeType)tag)
        {
            case AttributeType.String:
                Append(output, "{\"S\":"u8);
                AppendText(output, reader.ReadBytes());
                break;
            case AttributeType.Number:
                Append(output, "{\"N\":"u8);
                AppendNumber(output, ref reader);
                break;
            case AttributeType.Binary:
                Append(output, "{\"B\":"u8);
                AppendBase64(output, reader.ReadBytes());
                break;
            case AttributeType.Null:
                Append(output, "{\"NULL\":true"u8);
                break;
            case AttributeType.Boolean:
                Append(output, "{\"BOOL\":false"u8);
                break;
            case (AttributeType)ItemCodec.TrueTag:
                Append(output, "{\"BOOL\":true"u8);
                break;
            default:
                reader.ReadInt32();
                WriteContainer(output, ref reader, (AttributeType)tag);
                break;
        }

        Append(output, "}"u8);
    }

    private static void WriteContainer(PooledBuffer output, ref ItemBytesReader reader, AttributeType type)
    {
        if (type == AttributeType.Map)
        {
            Append(output, "{\"M\":"u8);
            WriteEntries(output, ref reader);
            return;
        }

        Append(output, type switch
        {
            AttributeType.List => "{\"L\":["u8,
            AttributeType.StringSet => "{\"SS\":["u8,
            AttributeType.NumberSet => "{\"NS\":["u8,
            _ => "{\"BS\":["u8,
        });
        var count = reader.ReadVarint();
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
            {
                Append(output, ","u8);
            }

            WriteElement(output, ref reader, type);
        }

        Append(output, "]"u8);
    }

    private static void WriteElement(PooledBuffer output, ref ItemBytesReader reader, AttributeType type)
    {
        switch (type)
        {
            case AttributeType.List:
                WriteValue(output, ref reader);
                break;
            case AttributeType.StringSet:
                AppendText(output, reader.ReadBytes());
                break;
            case AttributeType.NumberSet:
                AppendNumber(output, ref reader);
                break;
            default:
                AppendBase64(output, reader.ReadBytes());
                break;
        }
    }

    private static void Append(PooledBuffer output, ReadOnlySpan<byte> json)
    {
        json.CopyTo(output.GetSpan(json.Length));
        output.Advance(json.Length);
    }

    private static void AppendText(PooledBuffer output, ReadOnlySpan<byte> utf8)
    {
        var escapes = utf8.ContainsAny(Escaped);
        var span = output.GetSpan((escapes ? utf8.Length * MaxEscape : utf8.Length) + 2);
        span[0] = (byte)'"';
        var length = escapes ? Escape(utf8, span[1..]) : utf8.Length;
        if (!escapes)
        {
            utf8.CopyTo(span[1..]);
        }

        span[length + 1] = (byte)'"';
        output.Advance(length + 2);
    }

    /// <summary>Only what JSON demands is escaped: quotation marks, backslashes and control characters.</summary>
    private static int Escape(ReadOnlySpan<byte> utf8, Span<byte> output)
    {
        var at = 0;
        foreach (var b in utf8)
        {
            if (b is (byte)'"' or (byte)'\\')
            {
                output[at++] = (byte)'\\';
                output[at++] = b;
            }
            else if (b < 0x20)
            {
                "\\u00"u8.CopyTo(output[at..]);
                output[at + 4] = (byte)"0123456789abcdef"[b >> 4];
                output[at + 5] = (byte)"0123456789abcdef"[b & 0xF];
                at += MaxEscape;
            }
            else
            {
                output[at++] = b;
            }
        }

        return at;
    }

    private static void AppendNumber(PooledBuffer output, ref ItemBytesReader reader)
    {
        var span = output.GetSpan(DynamoNumber.MaxTextBytes + 2);
        span[0] = (byte)'"';
        var length = reader.ReadNumber().Format(span[1..]);
        span[length + 1] = (byte)'"';
        output.Advance(length + 2);
    }

    private static void AppendBase64(PooledBuffer output, ReadOnlySpan<byte> bytes)
    {
        var span = output.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length) + 2);
        span[0] = (byte)'"';
        Base64.EncodeToUtf8(bytes, span[1..], out _, out var length);
        span[length + 1] = (byte)'"';
        output.Advance(length + 2);
    }
}
