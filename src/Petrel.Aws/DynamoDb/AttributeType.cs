namespace Petrel.Aws.DynamoDb;

/// <summary>The data types of the database.</summary>
public enum AttributeType : byte
{
    String,
    Number,
    Binary,
    StringSet,
    NumberSet,
    BinarySet,
    Map,
    List,
    Null,
    Boolean,
}

/// <summary>Types by the names that they have in requests and expressions: <c>S</c>, <c>N</c>, <c>BOOL</c>.</summary>
public static class AttributeTypes
{
    private static readonly string[] Names = ["S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"];

    extension(AttributeType type)
    {
        public string Name => Names[(int)type];

        public bool IsSet => type is AttributeType.StringSet or AttributeType.NumberSet or AttributeType.BinarySet;

        /// <summary>The type may be that of a key attribute.</summary>
        public bool IsScalarKey => type is AttributeType.String or AttributeType.Number or AttributeType.Binary;
    }

    public static bool TryParse(ReadOnlySpan<char> name, out AttributeType type)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            if (name.SequenceEqual(Names[i]))
            {
                type = (AttributeType)i;
                return true;
            }
        }

        type = default;
        return false;
    }
}
