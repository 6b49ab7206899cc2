using System.Text.Json;

namespace Petrel.Aws.DynamoDb;

/// <summary>The scalars inside attribute values; JSON of another kind is refused in the service's words.</summary>
internal static class AttributeScalars
{
    public static string Text(ref Utf8JsonReader reader)
    {
        ExpectText(ref reader);
        return reader.GetString()!;
    }

    public static AttributeValue Number(ref Utf8JsonReader reader) =>
        TryNumber(ref reader, out var number, out var problem) ? AttributeValue.Of(number) : AttributeValue.Bad(problem!);

    public static bool TryNumber(ref Utf8JsonReader reader, out DynamoNumber number, out string? problem)
    {
        ExpectText(ref reader);
        return reader.ValueIsEscaped
            ? DynamoNumber.TryParse(reader.GetString(), out number, out problem)
            : DynamoNumber.TryParse(reader.ValueSpan, out number, out problem);
    }

    /// <summary>Booleans also come as texts, which the service reads generously.</summary>
    public static bool Flag(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
                return reader.TokenType == JsonTokenType.True;
            case JsonTokenType.String:
                return TextFlag(reader.GetString()!);
            case JsonTokenType.Number:
                AttributeReader.Malformed($"{NumberKind(ref reader)} cannot be converted to Boolean");
                break;
            case JsonTokenType.StartArray:
                AttributeReader.Malformed("Unrecognized collection type class java.lang.Boolean");
                break;
            default:
                AttributeReader.Malformed("Start of structure or map found where not expected");
                break;
        }

        return false;
    }

    public static byte[] Bytes(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                break;
            case JsonTokenType.StartArray:
                AttributeReader.Malformed("Unrecognized collection type class java.nio.ByteBuffer");
                break;
            case JsonTokenType.StartObject:
                AttributeReader.Malformed("Start of structure or map found where not expected");
                break;
            default:
                AttributeReader.Malformed("only base-64-encoded strings are convertible to bytes");
                break;
        }

        if (!reader.ValueIsEscaped && reader.ValueSpan.Length % 4 != 0)
        {
            AttributeReader.Malformed($"Base64 encoded length is expected a multiple of 4 bytes but found: {reader.ValueSpan.Length}");
        }

        if (!reader.TryGetBytesFromBase64(out var bytes))
        {
            AttributeReader.Malformed("Invalid last non-pad Base64 character dectected");
        }

        return bytes!;
    }

    public static void ExpectList(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            AttributeReader.Malformed(reader.TokenType == JsonTokenType.StartObject
                ? "Start of structure or map found where not expected"
                : "Unexpected field type");
        }
    }

    private static void ExpectText(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                break;
            case JsonTokenType.True:
                AttributeReader.Malformed("TRUE_VALUE cannot be converted to String");
                break;
            case JsonTokenType.False:
                AttributeReader.Malformed("FALSE_VALUE cannot be converted to String");
                break;
            case JsonTokenType.Number:
                AttributeReader.Malformed($"{NumberKind(ref reader)} cannot be converted to String");
                break;
            case JsonTokenType.StartArray:
                AttributeReader.Malformed("Unrecognized collection type class java.lang.String");
                break;
            default:
                AttributeReader.Malformed("Start of structure or map found where not expected");
                break;
        }
    }

    private static bool TextFlag(string text)
    {
        if (text.ToUpperInvariant() is "TRUE" or "1" or "YES")
        {
            return true;
        }

        if (text.ToUpperInvariant() is not ("FALSE" or "0" or "NO"))
        {
            AttributeReader.Malformed("Unexpected token received from parser");
        }

        return false;
    }

    private static string NumberKind(ref Utf8JsonReader reader) =>
        reader.TryGetDecimal(out var number) && number == decimal.Truncate(number) ? "NUMBER_VALUE" : "DECIMAL_VALUE";
}
