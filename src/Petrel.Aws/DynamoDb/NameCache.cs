using System.Text;
using System.Text.Json;

namespace Petrel.Aws.DynamoDb;

/// <summary>
/// Attribute names that were met lately, so that the items of a table share their names' strings. One string a slot, replaced by whichever
/// comes next; a race costs a string and nothing else.
/// </summary>
public static class NameCache
{
    private const int MaxNameBytes = 48;

    private static readonly string?[] Slots = new string?[2_048];

    /// <summary>The name at which the reader stands.</summary>
    public static string Read(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped || reader.HasValueSequence ? reader.GetString()! : Get(reader.ValueSpan);

    /// <summary>A name from its UTF-8.</summary>
    public static string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxNameBytes)
        {
            return Decode(utf8);
        }

        ref var slot = ref Slots[Hash(utf8) & (Slots.Length - 1)];
        var known = slot;
        if (known is not null && Ascii.Equals(utf8, known))
        {
            return known;
        }

        var name = Decode(utf8);
        slot = name;
        return name;
    }

    private static string Decode(ReadOnlySpan<byte> utf8) => StrictUtf8.GetString(utf8);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static int Hash(ReadOnlySpan<byte> utf8)
    {
        var hash = 2_166_136_261u;
        foreach (var b in utf8)
        {
            hash = (hash ^ b) * 16_777_619u;
        }

        return (int)(hash ^ (hash >> 15)) & int.MaxValue;
    }
}
