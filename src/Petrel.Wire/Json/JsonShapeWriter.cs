using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using Petrel.Wire.Shapes;

namespace Petrel.Wire.Json;

/// <summary>Writes records as JSON; members that are null are left out.</summary>
internal static class JsonShapeWriter
{
    /// <summary>Answers are not HTML: only what JSON demands is escaped, so that text stays as it is.</summary>
    public static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static void WriteRecord(Utf8JsonWriter writer, RecordShape shape, object record, bool bodyMembersOnly)
    {
        writer.WriteStartObject();
        foreach (var member in shape.Members)
        {
            if (bodyMembersOnly && member.Location != MemberLocation.Body)
            {
                continue;
            }

            if (member.Get(record) is { } value)
            {
                writer.WritePropertyName(member.JsonName);
                WriteValue(writer, member.Shape, value, member.Timestamp);
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>Values without a shape: the further members of errors.</summary>
    public static void WriteLoose(Utf8JsonWriter writer, object value, ShapeTable shapes) =>
        WriteValue(writer, shapes.Get(value.GetType()), value, TimestampFormat.Default);

    private static void WriteValue(Utf8JsonWriter writer, Shape shape, object value, TimestampFormat format)
    {
        switch (shape)
        {
            case ValueShape:
                ((IJsonValue)value).WriteJson(writer);
                break;
            case RecordShape record:
                WriteRecord(writer, record, value, bodyMembersOnly: false);
                break;
            case ListShape list:
                WriteList(writer, list, (IEnumerable)value, format);
                break;
            case MapShape map:
                writer.WriteStartObject();
                foreach (var (key, entry) in map.Entries(value))
                {
                    writer.WritePropertyName(key);
                    WriteNullable(writer, map.Value, entry, format);
                }

                writer.WriteEndObject();
                break;
            default:
                WriteScalar(writer, shape, value, format);
                break;
        }
    }

    private static void WriteList(Utf8JsonWriter writer, ListShape shape, IEnumerable list, TimestampFormat format)
    {
        writer.WriteStartArray();
        foreach (var item in list)
        {
            WriteNullable(writer, shape.Element, item, format);
        }

        writer.WriteEndArray();
    }

    private static void WriteNullable(Utf8JsonWriter writer, Shape shape, object? value, TimestampFormat format)
    {
        if (value is null)
        {
            writer.WriteNullValue();
            return;
        }

        WriteValue(writer, shape, value, format);
    }

    private static void WriteScalar(Utf8JsonWriter writer, Shape shape, object value, TimestampFormat format)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Text:
                writer.WriteStringValue((string)value);
                break;
            case ShapeKind.Boolean:
                writer.WriteBooleanValue((bool)value);
                break;
            case ShapeKind.Int32:
                writer.WriteNumberValue((int)value);
                break;
            case ShapeKind.Int64:
                writer.WriteNumberValue((long)value);
                break;
            case ShapeKind.Double:
                WriteDouble(writer, (double)value);
                break;
            case ShapeKind.Decimal:
                writer.WriteNumberValue((decimal)value);
                break;
            case ShapeKind.Timestamp:
                WriteTimestamp(writer, (DateTimeOffset)value, format);
                break;
            case ShapeKind.Blob:
                writer.WriteBase64StringValue(ScalarText.Bytes(value).Span);
                break;
            case ShapeKind.Enumeration:
                writer.WriteStringValue(value.ToString());
                break;
            case ShapeKind.Document:
                ((JsonElement)value).WriteTo(writer);
                break;
            default:
                throw new ContractException($"{shape.Type} cannot be written as JSON.");
        }
    }

    private static void WriteDouble(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
            return;
        }

        writer.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }

    private static void WriteTimestamp(Utf8JsonWriter writer, DateTimeOffset time, TimestampFormat format)
    {
        switch (format)
        {
            case TimestampFormat.Default or TimestampFormat.UnixSeconds:
                writer.WriteNumberValue(Timestamps.Seconds(time));
                break;
            case TimestampFormat.UnixMilliseconds:
                writer.WriteNumberValue(time.ToUnixTimeMilliseconds());
                break;
            default:
                writer.WriteStringValue(Timestamps.Format(time, format));
                break;
        }
    }
}
