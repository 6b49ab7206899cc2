using System.Buffers;
using System.Text.Json;

namespace Petrel.Aws.DynamoDb;

public sealed partial class AttributeValue
{
    public static AttributeValue ReadJson(ref Utf8JsonReader reader) => AttributeReader.ReadValue(ref reader);

    /// <summary>A value that cannot be used, with the service's message about it.</summary>
    public static AttributeValue Bad(string problem) => new(AttributeType.Null, null, problem);

    /// <summary>The value by its type's name: <c>{"S": "text"}</c>.</summary>
    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        switch (Type)
        {
            case AttributeType.String:
                writer.WriteString("S"u8, Text);
                break;
            case AttributeType.Number:
                writer.WritePropertyName("N"u8);
                WriteNumber(writer, Number);
                break;
            case AttributeType.Binary:
                writer.WriteBase64String("B"u8, Bytes);
                break;
            case AttributeType.Null:
                writer.WriteBoolean("NULL"u8, true);
                break;
            case AttributeType.Boolean:
                writer.WriteBoolean("BOOL"u8, Flag);
                break;
            case AttributeType.Map:
                writer.WritePropertyName("M"u8);
                Map.WriteJson(writer);
                break;
            case AttributeType.List:
                writer.WriteStartArray("L"u8);
                foreach (var item in (AttributeValue[])_content!)
                {
                    item.WriteJson(writer);
                }

                writer.WriteEndArray();
                break;
            default:
                WriteSet(writer);
                break;
        }

        writer.WriteEndObject();
    }

    /// <summary>The value's JSON, for messages and logs.</summary>
    public override string ToString()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteJson(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteNumber(Utf8JsonWriter writer, DynamoNumber number)
    {
        Span<byte> text = stackalloc byte[DynamoNumber.MaxTextBytes];
        writer.WriteStringValue(text[..number.Format(text)]);
    }

    private void WriteSet(Utf8JsonWriter writer)
    {
        writer.WriteStartArray(Type.Name);
        switch (_content)
        {
            case string[] strings:
                foreach (var text in strings)
                {
                    writer.WriteStringValue(text);
                }

                break;
            case DynamoNumber[] numbers:
                foreach (var number in numbers)
                {
                    WriteNumber(writer, number);
                }

                break;
            case byte[][] binaries:
                foreach (var binary in binaries)
                {
                    writer.WriteBase64StringValue(binary);
                }

                break;
        }

        writer.WriteEndArray();
    }
}
