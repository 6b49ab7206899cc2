using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>An item that stays in its stored form: single attributes are decoded on demand, and its JSON is written straight from it.</summary>
internal sealed class EncodedItem : AttributeMap
{
    /// <exception cref="InvalidDataException">The bytes are of a form that this program does not know.</exception>
    public EncodedItem(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length <= ItemCodec.HeaderBytes || bytes.Span[0] != ItemCodec.Version)
        {
            throw new InvalidDataException("The stored form of an item is unknown.");
        }

        Bytes = bytes;
        var reader = Entries();
        Count = reader.ReadVarint();
    }

    /// <summary>The stored form.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The item's size as the service counts it, in bytes.</summary>
    public int SizeBytes => BinaryPrimitives.ReadInt32LittleEndian(Bytes.Span[1..]);

    public override int Count { get; }

    public override bool TryGetValue(string key, [MaybeNullWhen(false)] out AttributeValue value)
    {
        var reader = Entries();
        for (var count = reader.ReadVarint(); count > 0; count--)
        {
            if (IsName(reader.ReadBytes(), key))
            {
                value = ItemValues.Read(ref reader);
                return true;
            }

            reader.SkipValue();
        }

        value = null;
        return false;
    }

    public override IEnumerator<KeyValuePair<string, AttributeValue>> GetEnumerator() => Decoded().GetEnumerator();

    public override void WriteJson(Utf8JsonWriter writer)
    {
        var reader = Entries();
        ItemJson.WriteEntries(writer, ref reader);
    }

    /// <summary>All of its attributes as values, for who looks at most of them.</summary>
    public AttributeMap Decoded()
    {
        var reader = Entries();
        return ItemValues.ReadEntries(ref reader);
    }

    private ItemBytesReader Entries() => new(Bytes.Span[ItemCodec.HeaderBytes..]);

    private static bool IsName(ReadOnlySpan<byte> utf8, string name) =>
        Ascii.Equals(utf8, name) || (!Ascii.IsValid(name) && Encoding.UTF8.GetByteCount(name) == utf8.Length && Encoding.UTF8.GetString(utf8) == name);
}
