using System.Text.Json;
using Petrel.Wire.Operations;
using Petrel.Wire.Protocols;
using Petrel.Wire.Shapes;

namespace Petrel.Wire.Rest;

/// <summary>Reads the members that travel outside the body: labels, query, headers, and the payload that is the whole body.</summary>
internal static class RestInput
{
    public static void Read(Operation operation, in WireRequest request, Span<object?> values)
    {
        foreach (var member in operation.Request.Members)
        {
            values[member.Index] = member.Location switch
            {
                MemberLocation.Path => Label(operation, member, request),
                MemberLocation.Query => Query(member, request.RawQuery),
                MemberLocation.QueryMap => QueryMap(operation.Request, (MapShape)member.Shape, request.RawQuery),
                MemberLocation.Header => Header(member, request),
                MemberLocation.HeaderMap => HeaderMap(member, request),
                _ => null,
            };
        }
    }

    /// <summary>A payload of bytes or a stream; null for one that is a record.</summary>
    public static object? Payload(Member member, in WireRequest request) => member.Shape.Kind switch
    {
        ShapeKind.Stream => request.BodyStream ?? Stream.Null,
        ShapeKind.Blob when request.Body.IsEmpty => null,
        ShapeKind.Blob when member.Shape.Type == typeof(byte[]) => request.Body.ToArray(),
        ShapeKind.Blob => request.OwnsBody ? request.Body : (ReadOnlyMemory<byte>)request.Body.ToArray(),
        ShapeKind.Text => System.Text.Encoding.UTF8.GetString(request.Body.Span),
        _ => null,
    };

    private static object? Label(Operation operation, Member member, in WireRequest request)
    {
        var index = Array.IndexOf(operation.Http!.Labels, member.LocationName);
        var text = PercentEncoding.Decode(request.Match.Label(index, request.RawPath), plusIsSpace: false);
        return ScalarText.Parse(text, member.Shape, member.Timestamp);
    }

    private static object? Query(Member member, ReadOnlySpan<char> rawQuery)
    {
        var reader = new QueryReader(rawQuery);
        if (member.Shape is not ListShape list)
        {
            return reader.Find(member.LocationName) is { } text ? ScalarText.Parse(text, member.Shape, Default(member, TimestampFormat.Iso8601)) : null;
        }

        System.Collections.IList? found = null;
        while (reader.Next())
        {
            if (reader.IsName(member.LocationName))
            {
                found ??= list.Start();
                found.Add(ScalarText.Parse(PercentEncoding.Decode(reader.RawValue, plusIsSpace: true), list.Element, member.Timestamp));
            }
        }

        return found is null ? null : list.Finish(found);
    }

    private static object? QueryMap(RecordShape shape, MapShape map, ReadOnlySpan<char> rawQuery)
    {
        var found = map.Start();
        var reader = new QueryReader(rawQuery);
        while (reader.Next())
        {
            var name = PercentEncoding.Decode(reader.RawName, plusIsSpace: true);
            if (!IsTaken(shape, name))
            {
                found[name] = PercentEncoding.Decode(reader.RawValue, plusIsSpace: true);
            }
        }

        return found.Count == 0 ? null : found;
    }

    private static bool IsTaken(RecordShape shape, string name)
    {
        foreach (var member in shape.Members)
        {
            if (member.Location == MemberLocation.Query && member.LocationName == name)
            {
                return true;
            }
        }

        return false;
    }

    private static object? Header(Member member, in WireRequest request)
    {
        if (!request.Headers.TryGetValue(member.LocationName, out var header) || header.Count == 0)
        {
            return null;
        }

        var text = header.ToString();
        return member.Shape switch
        {
            ListShape list => HeaderList(list, text, member.Timestamp),
            { Kind: ShapeKind.Document } => JsonDocumentHeader(text),
            _ => ScalarText.Parse(text, member.Shape, Default(member, TimestampFormat.HttpDate)),
        };
    }

    private static object HeaderList(ListShape list, string text, TimestampFormat format)
    {
        var found = list.Start();
        foreach (var range in text.AsSpan().Split(','))
        {
            found.Add(ScalarText.Parse(text.AsSpan()[range].Trim().ToString(), list.Element, format));
        }

        return list.Finish(found);
    }

    /// <summary>A JSON value travels in a header as base64.</summary>
    private static object JsonDocumentHeader(string text)
    {
        try
        {
            return JsonElement.Parse(Convert.FromBase64String(text));
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException)
        {
            return MalformedInput.Value("A header is not the base64 of a JSON document.");
        }
    }

    private static object? HeaderMap(Member member, in WireRequest request)
    {
        var found = ((MapShape)member.Shape).Start();
        foreach (var (name, value) in request.Headers)
        {
            if (name.StartsWith(member.LocationName, StringComparison.OrdinalIgnoreCase))
            {
                found[name[member.LocationName.Length..].ToLowerInvariant()] = value.ToString();
            }
        }

        return found.Count == 0 ? null : found;
    }

    private static TimestampFormat Default(Member member, TimestampFormat format) =>
        member.Timestamp == TimestampFormat.Default ? format : member.Timestamp;
}
