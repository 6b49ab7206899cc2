using System.Text.Json;
using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>Writes the JSON of stored bytes, without a value in between.</summary>
internal static class ItemJson
{
    public static void WriteEntries(Utf8JsonWriter writer, ref ItemBytesReader reader)
    {
        writer.WriteStartObject();
        for (var count = reader.ReadVarint(); count > 0; count--)
        {
            writer.WritePropertyName(reader.ReadBytes());
            WriteValue(writer, ref reader);
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, ref ItemBytesReader reader)
    {
        writer.WriteStartObject();
        var tag = reader.ReadByte();
        switch ((AttributeType)tag)
        {
            case AttributeType.String:
                writer.WriteString("S"u8, reader.ReadBytes());
                break;
            case AttributeType.Number:
                writer.WritePropertyName("N"u8);
                WriteNumber(writer, ref reader);
                break;
            case AttributeType.Binary:
                writer.WriteBase64String("B"u8, reader.ReadBytes());
                break;
            case AttributeType.Null:
                writer.WriteBoolean("NULL"u8, true);
                break;
            case AttributeType.Boolean:
                writer.WriteBoolean("BOOL"u8, false);
                break;
            case (AttributeType)ItemCodec.TrueTag:
                writer.WriteBoolean("BOOL"u8, true);
                break;
            default:
                reader.ReadInt32();
                WriteContainer(writer, ref reader, (AttributeType)tag);
                break;
        }

        writer.WriteEndObject();
    }

    private static void WriteContainer(Utf8JsonWriter writer, ref ItemBytesReader reader, AttributeType type)
    {
        if (type == AttributeType.Map)
        {
            writer.WritePropertyName("M"u8);
            WriteEntries(writer, ref reader);
            return;
        }

        writer.WriteStartArray(type.Name);
        for (var count = reader.ReadVarint(); count > 0; count--)
        {
            switch (type)
            {
                case AttributeType.List:
                    WriteValue(writer, ref reader);
                    break;
                case AttributeType.StringSet:
                    writer.WriteStringValue(reader.ReadBytes());
                    break;
                case AttributeType.NumberSet:
                    WriteNumber(writer, ref reader);
                    break;
                default:
                    writer.WriteBase64StringValue(reader.ReadBytes());
                    break;
            }
        }

        writer.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter writer, ref ItemBytesReader reader)
    {
        Span<byte> text = stackalloc byte[DynamoNumber.MaxTextBytes];
        writer.WriteStringValue(text[..reader.ReadNumber().Format(text)]);
    }
}
