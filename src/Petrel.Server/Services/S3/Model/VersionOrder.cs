using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Petrel.Server.Services.S3.Model;

/// <summary>
/// Where a version stands among those of its key: the newest first. 16 bytes: the time, counted down, and 8 random ones. As text it is the
/// version's id.
/// </summary>
[JsonConverter(typeof(VersionOrderConverter))]
internal readonly record struct VersionOrder(ulong Inverted, ulong Random)
{
    /// <summary>The id of what was written without versioning.</summary>
    public const string Null = "null";

    public const int Bytes = 16;

    private const int TextLength = 2 * Bytes;

    /// <param name="newest">The newest one there is; the new one is newer, whatever the clock says.</param>
    public static VersionOrder After(DateTimeOffset now, VersionOrder? newest, ulong random)
    {
        var inverted = ulong.MaxValue - (ulong)now.UtcTicks;
        return new VersionOrder(newest is { } last && inverted >= last.Inverted ? last.Inverted - 1 : inverted, random);
    }

    public static bool TryParse(string text, out VersionOrder order)
    {
        order = default;
        if (text.Length != TextLength
            || !ulong.TryParse(text.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var inverted)
            || !ulong.TryParse(text.AsSpan(16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var random))
        {
            return false;
        }

        order = new VersionOrder(inverted, random);
        return true;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Inverted);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), Random);
        return bytes;
    }

    public static VersionOrder FromBytes(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    public override string ToString() => $"{Inverted:x16}{Random:x16}";
}

/// <summary>As its text.</summary>
internal sealed class VersionOrderConverter : JsonConverter<VersionOrder>
{
    public override VersionOrder Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        VersionOrder.TryParse(reader.GetString() ?? "", out var order) ? order : throw new JsonException("This is no version's place.");

    public override void Write(Utf8JsonWriter writer, VersionOrder value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
