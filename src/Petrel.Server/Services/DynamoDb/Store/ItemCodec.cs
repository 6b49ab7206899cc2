using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Values;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>
/// Items as the store keeps them: a version, the item's size as the service counts it, the number of attributes, then names and values.
/// Texts are UTF-8 with their length before them, numbers a coefficient of as many bytes as it needs, sets, lists and maps have their
/// length before them, so that what is not asked for is stepped over.
/// </summary>
internal static class ItemCodec
{
    /// <summary>The first byte. A form that an older program could not read gets another one.</summary>
    public const byte Version = 1;

    /// <summary>Bytes before the number of attributes: the version and the size.</summary>
    public const int HeaderBytes = 1 + sizeof(int);

    /// <summary>The tag of <c>true</c>; other values have their type's.</summary>
    public const byte TrueTag = (byte)AttributeType.Boolean + 1;

    public static byte[] Encode(AttributeMap item)
    {
        if (item is EncodedItem encoded)
        {
            return encoded.Bytes.ToArray();
        }

        using var writer = new ItemBytesWriter();
        writer.WriteByte(Version);
        writer.WriteInt32(ItemSize.Of(item));
        WriteEntries(writer, item);
        return writer.ToArray();
    }

    /// <summary>The item of bytes that <see cref="Encode"/> made; it keeps them and makes values when they are asked for.</summary>
    public static EncodedItem Decode(ReadOnlyMemory<byte> bytes) => new(bytes);

    private static void WriteEntries(ItemBytesWriter writer, AttributeMap map)
    {
        writer.WriteVarint((uint)map.Count);
        foreach (var (name, value) in map)
        {
            writer.WriteText(name);
            WriteValue(writer, value);
        }
    }

    private static void WriteValue(ItemBytesWriter writer, AttributeValue value)
    {
        writer.WriteByte(value is { Type: AttributeType.Boolean, Flag: true } ? TrueTag : (byte)value.Type);
        switch (value.Type)
        {
            case AttributeType.String:
                writer.WriteText(value.Text);
                break;
            case AttributeType.Number:
                writer.WriteNumber(value.Number);
                break;
            case AttributeType.Binary:
                writer.WriteBytes(value.Bytes);
                break;
            case AttributeType.Null or AttributeType.Boolean:
                break;
            default:
                var start = writer.StartLength();
                WriteContainer(writer, value);
                writer.FinishLength(start);
                break;
        }
    }

    private static void WriteContainer(ItemBytesWriter writer, AttributeValue value)
    {
        switch (value.Type)
        {
            case AttributeType.Map:
                WriteEntries(writer, value.Map);
                break;
            case AttributeType.List:
                WriteAll(writer, value.Items, static (output, item) => WriteValue(output, item));
                break;
            case AttributeType.StringSet:
                WriteAll(writer, value.Strings, static (output, text) => output.WriteText(text));
                break;
            case AttributeType.NumberSet:
                WriteAll(writer, value.Numbers, static (output, number) => output.WriteNumber(number));
                break;
            default:
                WriteAll(writer, value.Binaries, static (output, binary) => output.WriteBytes(binary));
                break;
        }
    }

    private static void WriteAll<T>(ItemBytesWriter writer, IReadOnlyList<T> items, Action<ItemBytesWriter, T> write)
    {
        writer.WriteVarint((uint)items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            write(writer, items[i]);
        }
    }
}
