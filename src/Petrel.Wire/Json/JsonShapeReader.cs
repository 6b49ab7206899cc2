using System.Buffers;
using System.Text.Json;
using Petrel.Wire.Shapes;
using Petrel.Wire.Validation;

namespace Petrel.Wire.Json;

/// <summary>
/// Reads records from JSON. Members that a record does not have are passed over, as the services do; a value of another type than the
/// member's is a <c>SerializationException</c> in the words of the services.
/// </summary>
internal static class JsonShapeReader
{
    /// <summary>Records are as deep as their types; documents and values with JSON of their own may be deeper, as other services' parsers allow.</summary>
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 512 };

    /// <summary>Fills <paramref name="values"/> with the members that travel in the body. An empty body has none.</summary>
    public static void ReadBody(ReadOnlySpan<byte> body, RecordShape shape, Span<object?> values, InputCheck check, bool bodyMembersOnly)
    {
        if (body.IsEmpty)
        {
            return;
        }

        try
        {
            var reader = Start(body);
            ReadMembers(ref reader, shape, values, check, bodyMembersOnly);
            Finish(ref reader);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            Malformed(malformed);
        }
    }

    /// <summary>A record that is the whole body; null for an empty one.</summary>
    public static object? ReadPayload(ReadOnlySpan<byte> body, RecordShape shape, Member member, InputCheck check)
    {
        if (body.IsEmpty)
        {
            return null;
        }

        try
        {
            var reader = Start(body);
            check.Enter(member);
            var record = ReadRecord(ref reader, shape, check);
            check.Leave();
            Finish(ref reader);
            return record;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            Malformed(malformed);
            return null;
        }
    }

    private static Utf8JsonReader Start(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, Options);
        reader.Read();
        return reader;
    }

    private static void Finish(ref Utf8JsonReader reader)
    {
        if (reader.Read())
        {
            MalformedInput.Throw("Unexpected text after the end of the document.");
        }
    }

    /// <summary>The reader says <see cref="InvalidOperationException"/> of texts that are not UTF-8 or have half a surrogate pair.</summary>
    private static void Malformed(Exception malformed) => MalformedInput.Throw(malformed is JsonException
        ? $"Could not parse request body into json: {malformed.Message}"
        : "Could not parse request body into json: a text is not valid Unicode.");

    /// <summary>A whole record: a payload in its own right, or a part of another one.</summary>
    public static object ReadRecord(ref Utf8JsonReader reader, RecordShape shape, InputCheck check)
    {
        var rented = ArrayPool<object?>.Shared.Rent(shape.Members.Length);
        var values = rented.AsSpan(0, shape.Members.Length);
        values.Clear();
        ReadMembers(ref reader, shape, values, check, bodyMembersOnly: false);
        check.Check(shape, values);
        var record = shape.Create(values);
        ArrayPool<object?>.Shared.Return(rented, clearArray: true);
        return record;
    }

    private static void ReadMembers(
        ref Utf8JsonReader reader, RecordShape shape, Span<object?> values, InputCheck check, bool bodyMembersOnly)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            JsonScalars.ThrowUnexpected(ref reader, "map");
        }

        var expected = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = Find(ref reader, shape, ref expected);
            if (member is null || (bodyMembersOnly && member.Location != MemberLocation.Body))
            {
                reader.Skip();
                continue;
            }

            reader.Read();
            values[member.Index] = ReadValue(ref reader, member.Shape, member, check);
        }
    }

    /// <summary>Clients mostly send members in the model's order, so the search begins after the last one found.</summary>
    private static Member? Find(ref Utf8JsonReader reader, RecordShape shape, ref int expected)
    {
        var members = shape.Members;
        for (var i = 0; i < members.Length; i++)
        {
            var at = expected + i;
            at = at >= members.Length ? at - members.Length : at;
            if (reader.ValueTextEquals(members[at].Utf8Name))
            {
                expected = at + 1 == members.Length ? 0 : at + 1;
                return members[at];
            }
        }

        return null;
    }

    private static object? ReadValue(ref Utf8JsonReader reader, Shape shape, Member member, InputCheck check)
    {
        switch (shape)
        {
            case var _ when reader.TokenType == JsonTokenType.Null:
                return null;
            case ValueShape own:
                return own.Read(ref reader);
            case RecordShape record:
                check.Enter(member);
                var nested = ReadRecord(ref reader, record, check);
                check.Leave();
                return nested;
            case ListShape list:
                return ReadList(ref reader, list, member, check);
            case MapShape map:
                return ReadMap(ref reader, map, member, check);
            case EnumShape names:
                var name = JsonScalars.Text(ref reader);
                var value = names.Find(name);
                if (value is null)
                {
                    check.FailEnum(member, name, names);
                }

                return value;
            default:
                return JsonScalars.Read(ref reader, shape, member.Timestamp);
        }
    }

    private static object ReadList(ref Utf8JsonReader reader, ListShape shape, Member member, InputCheck check)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            JsonScalars.ThrowUnexpected(ref reader, "list");
        }

        var list = shape.Start();
        var element = shape.Element;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.Null)
            {
                check.FailNullEntry(member, isMap: false);
                continue;
            }

            check.Enter(member, element, list.Count);
            if (ReadEntry(ref reader, element, member, check) is { } entry)
            {
                list.Add(entry);
            }

            check.Leave(element);
        }

        return shape.Finish(list);
    }

    private static object ReadMap(ref Utf8JsonReader reader, MapShape shape, Member member, InputCheck check)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            JsonScalars.ThrowUnexpected(ref reader, "map");
        }

        var map = shape.Start();
        var element = shape.Value;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
            {
                check.FailNullEntry(member, isMap: true);
                continue;
            }

            check.Enter(member, element, key);
            if (ReadEntry(ref reader, element, member, check) is { } entry)
            {
                map[key] = entry;
            }

            check.Leave(element);
        }

        return map;
    }

    private static object? ReadEntry(ref Utf8JsonReader reader, Shape shape, Member member, InputCheck check) =>
        shape is RecordShape record ? ReadRecord(ref reader, record, check) : ReadValue(ref reader, shape, member, check);
}
