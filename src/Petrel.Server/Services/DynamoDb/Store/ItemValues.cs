using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>Makes values of stored bytes.</summary>
internal static class ItemValues
{
    public static AttributeValue Read(ref ItemBytesReader reader)
    {
        var tag = reader.ReadByte();
        switch ((AttributeType)tag)
        {
            case AttributeType.String:
                return AttributeValue.Of(reader.ReadText());
            case AttributeType.Number:
                return AttributeValue.Of(reader.ReadNumber());
            case AttributeType.Binary:
                return AttributeValue.Of(reader.ReadBytes().ToArray());
            case AttributeType.Null:
                return AttributeValue.Null;
            case AttributeType.Boolean:
                return AttributeValue.Of(false);
            case (AttributeType)ItemCodec.TrueTag:
                return AttributeValue.Of(true);
            default:
                reader.ReadInt32();
                return ReadContainer(ref reader, (AttributeType)tag);
        }
    }

    public static AttributeMap ReadEntries(ref ItemBytesReader reader)
    {
        var count = reader.ReadVarint();
        var builder = new AttributeMapBuilder(count);
        for (var i = 0; i < count; i++)
        {
            var name = NameCache.Get(reader.ReadBytes());
            builder.Set(name, Read(ref reader));
        }

        return builder.Build();
    }

    private static AttributeValue ReadContainer(ref ItemBytesReader reader, AttributeType type)
    {
        if (type == AttributeType.Map)
        {
            return AttributeValue.Of(ReadEntries(ref reader));
        }

        var count = reader.ReadVarint();
        switch (type)
        {
            case AttributeType.List:
                var items = new AttributeValue[count];
                for (var i = 0; i < count; i++)
                {
                    items[i] = Read(ref reader);
                }

                return AttributeValue.Of(items);
            case AttributeType.StringSet:
                var strings = new string[count];
                for (var i = 0; i < count; i++)
                {
                    strings[i] = reader.ReadText();
                }

                return AttributeValue.Of(strings);
            case AttributeType.NumberSet:
                var numbers = new DynamoNumber[count];
                for (var i = 0; i < count; i++)
                {
                    numbers[i] = reader.ReadNumber();
                }

                return AttributeValue.Of(numbers);
            case AttributeType.BinarySet:
                var binaries = new byte[count][];
                for (var i = 0; i < count; i++)
                {
                    binaries[i] = reader.ReadBytes().ToArray();
                }

                return AttributeValue.Of(binaries);
            default:
                throw new InvalidDataException("The stored form of an item has a value of an unknown type.");
        }
    }
}
