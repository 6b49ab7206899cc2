using System.Text.Json;
using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

/// <summary>
/// Reads attribute values from JSON in one pass. JSON of the wrong kind is a <c>SerializationException</c> at once; a value that breaks a
/// rule of the database becomes a value with a <see cref="AttributeValue.Problem"/>.
/// </summary>
internal static class AttributeReader
{
    /// <summary>Levels of lists and maps inside an attribute, as the service's limits give them.</summary>
    public const int MaxDepth = 32;

    public static AttributeMap ReadMap(ref Utf8JsonReader reader) => ReadMap(ref reader, 0);

    public static AttributeValue ReadValue(ref Utf8JsonReader reader) => ReadValue(ref reader, 1);

    private static AttributeMap ReadMap(ref Utf8JsonReader reader, int depth)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Malformed(reader.TokenType == JsonTokenType.StartArray
                ? "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>"
                : "Unexpected field type");
        }

        var map = new AttributeMapBuilder(8);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = NameCache.Read(ref reader);
            reader.Read();
            var value = ReadValue(ref reader, depth + 1);
            map.Set(name, AttributeMap.IsTooLong(name) ? AttributeValue.Bad(AttributeProblems.LongName) : value);
        }

        return map.Build();
    }

    private static AttributeValue ReadValue(ref Utf8JsonReader reader, int depth)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return AttributeValue.Bad(AttributeProblems.Empty);
            case JsonTokenType.StartArray:
                Malformed("Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue");
                break;
            case not JsonTokenType.StartObject:
                Malformed("Unexpected value type in payload");
                break;
        }

        AttributeValue? value = null;
        var (isMany, rank) = (false, int.MaxValue);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var type = FindType(ref reader);
            reader.Read();
            if (type is null || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
                continue;
            }

            var read = ReadContent(ref reader, type.Value, depth);
            isMany |= value is not null;
            // Of several values the first bad one, in the order of the service's model, says what is wrong.
            var readRank = read.Problem is null ? int.MaxValue : AttributeProblems.Rank(type.Value);
            (value, rank) = value is null || readRank < rank ? (read, readRank) : (value, rank);
        }

        return value is null ? AttributeValue.Bad(AttributeProblems.Empty)
            : isMany && value.Problem is null ? AttributeValue.Bad(AttributeProblems.Many)
            : value;
    }

    private static AttributeType? FindType(ref Utf8JsonReader reader)
    {
        var name = reader.ValueSpan;
        return name.Length switch
        {
            1 => name[0] switch
            {
                (byte)'S' => AttributeType.String,
                (byte)'N' => AttributeType.Number,
                (byte)'B' => AttributeType.Binary,
                (byte)'M' => AttributeType.Map,
                (byte)'L' => AttributeType.List,
                _ => null,
            },
            2 when name[1] == 'S' => name[0] switch
            {
                (byte)'S' => AttributeType.StringSet,
                (byte)'N' => AttributeType.NumberSet,
                (byte)'B' => AttributeType.BinarySet,
                _ => null,
            },
            4 when name.SequenceEqual("NULL"u8) => AttributeType.Null,
            4 when name.SequenceEqual("BOOL"u8) => AttributeType.Boolean,
            _ when reader.ValueIsEscaped && AttributeTypes.TryParse(reader.GetString(), out var type) => type,
            _ => null,
        };
    }

    private static AttributeValue ReadContent(ref Utf8JsonReader reader, AttributeType type, int depth) => type switch
    {
        AttributeType.String => AttributeValue.Of(AttributeScalars.Text(ref reader)),
        AttributeType.Number => AttributeScalars.Number(ref reader),
        AttributeType.Binary => AttributeValue.Of(AttributeScalars.Bytes(ref reader)),
        AttributeType.Null => AttributeScalars.Flag(ref reader) ? AttributeValue.Null : AttributeValue.Bad(AttributeProblems.NotNull),
        AttributeType.Boolean => AttributeValue.Of(AttributeScalars.Flag(ref reader)),
        AttributeType.Map or AttributeType.List when depth > MaxDepth => SkipDeep(ref reader),
        AttributeType.Map => AttributeValue.Of(ReadMap(ref reader, depth)),
        AttributeType.List => ReadList(ref reader, depth),
        _ => AttributeSets.Read(ref reader, type),
    };

    /// <summary>What is too deep is stepped over, so that no depth of JSON is one of the stack.</summary>
    private static AttributeValue SkipDeep(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return AttributeValue.Bad(AttributeProblems.TooDeep);
    }

    private static AttributeValue ReadList(ref Utf8JsonReader reader, int depth)
    {
        AttributeScalars.ExpectList(ref reader);
        var items = new List<AttributeValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ReadValue(ref reader, depth + 1));
        }

        return AttributeValue.Of([.. items]);
    }

    internal static void Malformed(string message) => throw new CommonException("SerializationException", message, 400);
}
