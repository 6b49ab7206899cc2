using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Petrel.Wire.Shapes;

namespace Petrel.Wire.Json;

/// <summary>Scalars in JSON. The services refuse a value of another type instead of converting it, and name both types.</summary>
internal static class JsonScalars
{
    public static object Read(ref Utf8JsonReader reader, Shape shape, TimestampFormat format) => shape.Kind switch
    {
        ShapeKind.Text => Text(ref reader),
        ShapeKind.Boolean => Flag(ref reader),
        ShapeKind.Int32 => Number(ref reader, "Integer").TryGetInt32(out var number) || Whole(ref reader, int.MinValue, int.MaxValue, out number)
            ? number
            : Refuse(ref reader, "Integer"),
        ShapeKind.Int64 => Number(ref reader, "Long").TryGetInt64(out var number) || Whole(ref reader, long.MinValue, long.MaxValue, out number)
            ? number
            : Refuse(ref reader, "Long"),
        ShapeKind.Double => Double(ref reader),
        ShapeKind.Decimal => Number(ref reader, "BigDecimal").TryGetDecimal(out var number) ? number : Refuse(ref reader, "BigDecimal"),
        ShapeKind.Timestamp => Timestamp(ref reader, format),
        ShapeKind.Blob => Blob(ref reader, shape),
        ShapeKind.Document => JsonElement.ParseValue(ref reader),
        _ => throw new ContractException($"{shape.Type} cannot be read from JSON."),
    };

    public static string Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            ThrowUnexpected(ref reader, "String");
        }

        return reader.GetString()!;
    }

    [DoesNotReturn]
    public static void ThrowUnexpected(ref Utf8JsonReader reader, string wanted)
    {
        var found = reader.TokenType switch
        {
            JsonTokenType.StartObject => "Start of structure or map found where not expected.",
            JsonTokenType.StartArray => "Start of list found where not expected",
            _ when wanted is "list" or "map" => "Unexpected field type",
            JsonTokenType.String => $"STRING_VALUE can not be converted to {Article(wanted)}",
            JsonTokenType.Number => $"NUMBER_VALUE can not be converted to {Article(wanted)}",
            JsonTokenType.True => $"TRUE_VALUE can not be converted to {Article(wanted)}",
            JsonTokenType.False => $"FALSE_VALUE can not be converted to {Article(wanted)}",
            _ => "Unexpected field type",
        };
        MalformedInput.Throw(found);
    }

    private static string Article(string type) => type[0] is 'I' ? $"an {type}" : $"a {type}";

    private static object Refuse(ref Utf8JsonReader reader, string wanted)
    {
        ThrowUnexpected(ref reader, wanted);
        return null;
    }

    private static ref Utf8JsonReader Number(ref Utf8JsonReader reader, string wanted)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            ThrowUnexpected(ref reader, wanted);
        }

        return ref reader;
    }

    /// <summary>Some clients write whole numbers as <c>10.0</c> or <c>1E1</c>.</summary>
    private static bool Whole<T>(ref Utf8JsonReader reader, T min, T max, out T number)
        where T : struct, System.Numerics.INumber<T>
    {
        var isWhole = reader.TryGetDecimal(out var value) && value == decimal.Truncate(value)
            && value >= decimal.CreateChecked(min) && value <= decimal.CreateChecked(max);
        number = isWhole ? T.CreateChecked(value) : default;
        return isWhole;
    }

    private static object Flag(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
        {
            ThrowUnexpected(ref reader, "Boolean");
        }

        return reader.TokenType == JsonTokenType.True ? Boxes.True : Boxes.False;
    }

    private static object Double(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString() switch
            {
                "NaN" => double.NaN,
                "Infinity" => double.PositiveInfinity,
                "-Infinity" => double.NegativeInfinity,
                _ => Refuse(ref reader, "Double"),
            };
        }

        return Number(ref reader, "Double").TryGetDouble(out var number) ? number : Refuse(ref reader, "Double");
    }

    private static object Timestamp(ref Utf8JsonReader reader, TimestampFormat format)
    {
        DateTimeOffset time;
        var isTime = reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetDecimal(out var number) => Timestamps.TryFromNumber(number, format, out time),
            JsonTokenType.String => Timestamps.TryParse(reader.GetString()!, format, out time),
            _ => Timestamps.TryFromNumber(decimal.MaxValue, format, out time),
        };
        return isTime ? time : Refuse(ref reader, "Timestamp");
    }

    private static object Blob(ref Utf8JsonReader reader, Shape shape)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            ThrowUnexpected(ref reader, "Blob");
        }

        if (!reader.TryGetBytesFromBase64(out var bytes))
        {
            MalformedInput.Throw("The value is not valid base64.");
        }

        return ScalarText.Blob(bytes, shape);
    }
}
