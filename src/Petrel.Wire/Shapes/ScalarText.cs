using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Petrel.Wire.Shapes;

/// <summary>Scalars as text: in paths, query strings, headers, XML and form parameters.</summary>
internal static class ScalarText
{
    /// <summary>Reads a value of <paramref name="shape"/>; a text that is none fails as <c>SerializationException</c>.</summary>
    public static object? Parse(string text, Shape shape, TimestampFormat format) => shape.Kind switch
    {
        ShapeKind.Text => text,
        ShapeKind.Boolean => text switch
        {
            "true" or "True" => Boxes.True,
            "false" or "False" => Boxes.False,
            _ => MalformedInput.Value($"'{Short(text)}' can not be converted to a Boolean"),
        },
        ShapeKind.Int32 => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : MalformedInput.Value($"'{Short(text)}' can not be converted to an Integer"),
        ShapeKind.Int64 => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : MalformedInput.Value($"'{Short(text)}' can not be converted to a Long"),
        ShapeKind.Double => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : MalformedInput.Value($"'{Short(text)}' can not be converted to a Double"),
        ShapeKind.Decimal => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : MalformedInput.Value($"'{Short(text)}' can not be converted to a BigDecimal"),
        ShapeKind.Timestamp => Timestamps.TryParse(text, format, out var time)
            ? time
            : MalformedInput.Value($"'{Short(text)}' is not a valid timestamp"),
        ShapeKind.Blob => Blob(FromBase64(text), shape),
        ShapeKind.Enumeration => ((EnumShape)shape).Find(text),
        _ => throw new ContractException($"{shape.Type} cannot be written as text."),
    };

    public static string Format(object value, Shape shape, TimestampFormat format) => shape.Kind switch
    {
        ShapeKind.Text => (string)value,
        ShapeKind.Boolean => (bool)value ? "true" : "false",
        ShapeKind.Timestamp => Timestamps.Format((DateTimeOffset)value, format),
        ShapeKind.Blob => Convert.ToBase64String(Bytes(value).Span),
        ShapeKind.Int32 or ShapeKind.Int64 or ShapeKind.Double or ShapeKind.Decimal or ShapeKind.Enumeration =>
            Convert.ToString(value, CultureInfo.InvariantCulture)!,
        _ => throw new ContractException($"{shape.Type} cannot be written as text."),
    };

    public static ReadOnlyMemory<byte> Bytes(object blob) => blob is byte[] array ? array : (ReadOnlyMemory<byte>)blob;

    /// <summary>Bytes in the type that the record declares.</summary>
    public static object Blob(byte[] bytes, Shape shape) => shape.Type == typeof(byte[]) ? bytes : (object)new ReadOnlyMemory<byte>(bytes);

    private static byte[] FromBase64(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        if (Base64.DecodeFromUtf8InPlace(utf8, out var length) != System.Buffers.OperationStatus.Done)
        {
            MalformedInput.Throw("The value is not valid base64.");
        }

        return utf8.AsSpan(0, length).ToArray();
    }

    private static string Short(string text) => text.Length <= 64 ? text : string.Concat(text.AsSpan(0, 64), "...");
}

/// <summary>Values that are boxed once.</summary>
internal static class Boxes
{
    public static readonly object True = true;
    public static readonly object False = false;
}
