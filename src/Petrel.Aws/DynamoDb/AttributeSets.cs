using System.Text.Json;

namespace Petrel.Aws.DynamoDb;

/// <summary>Sets inside attribute values: not empty, nothing twice.</summary>
internal static class AttributeSets
{
    private const string Invalid = "One or more parameter values were invalid: ";

    /// <summary>Small sets are compared pair by pair, larger ones by hashing.</summary>
    private const int MaxScanned = 16;

    public static AttributeValue Read(ref Utf8JsonReader reader, AttributeType type)
    {
        AttributeScalars.ExpectList(ref reader);
        return type switch
        {
            AttributeType.StringSet => ReadStrings(ref reader),
            AttributeType.NumberSet => ReadNumbers(ref reader),
            _ => ReadBinaries(ref reader),
        };
    }

    private static AttributeValue ReadStrings(ref Utf8JsonReader reader)
    {
        var list = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Add(AttributeScalars.Text(ref reader));
        }

        return list.Count == 0 ? AttributeValue.Bad($"{Invalid}An string set  may not be empty")
            : HasDuplicate(list, StringComparer.Ordinal) ? AttributeValue.Bad($"{Invalid}Input collection [{string.Join(", ", list)}] contains duplicates.")
            : AttributeValue.Of(list.ToArray());
    }

    private static AttributeValue ReadNumbers(ref Utf8JsonReader reader)
    {
        var list = new List<DynamoNumber>();
        string? first = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!AttributeScalars.TryNumber(ref reader, out var number, out var problem))
            {
                first ??= problem;
            }

            list.Add(number);
        }

        return list.Count == 0 ? AttributeValue.Bad($"{Invalid}An number set  may not be empty")
            : first is not null ? AttributeValue.Bad(first)
            : HasDuplicate(list, EqualityComparer<DynamoNumber>.Default) ? AttributeValue.Bad("Input collection contains duplicates")
            : AttributeValue.Of(list.ToArray());
    }

    private static AttributeValue ReadBinaries(ref Utf8JsonReader reader)
    {
        var list = new List<byte[]>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Add(AttributeScalars.Bytes(ref reader));
        }

        return list.Count == 0 ? AttributeValue.Bad($"{Invalid}Binary sets should not be empty")
            : HasDuplicate(list, BytesComparer.Instance)
                ? AttributeValue.Bad($"{Invalid}Input collection [{string.Join(", ", list.Select(Convert.ToBase64String))}]of type BS contains duplicates.")
            : AttributeValue.Of(list.ToArray());
    }

    private static bool HasDuplicate<T>(List<T> list, IEqualityComparer<T> comparer)
    {
        if (list.Count > MaxScanned)
        {
            return new HashSet<T>(list, comparer).Count != list.Count;
        }

        for (var i = 1; i < list.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (comparer.Equals(list[i], list[j]))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
