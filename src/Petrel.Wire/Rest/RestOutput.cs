using Petrel.Wire.EventStream;
using Petrel.Wire.Operations;
using Petrel.Wire.Protocols;
using Petrel.Wire.Shapes;

namespace Petrel.Wire.Rest;

/// <summary>Writes the members that travel outside the body: status, headers, and the payload that is the whole body.</summary>
internal static class RestOutput
{
    /// <summary>True when the body is complete; false when the protocol has still to write one.</summary>
    public static bool Write(Operation operation, object? result, WireResponse response)
    {
        response.Status = operation.Http!.Status;
        if (operation.Result is not { } shape || result is null)
        {
            return true;
        }

        foreach (var member in shape.Members)
        {
            WriteHead(member, result, response);
        }

        if (shape.Events?.Get(result) is { } events)
        {
            response.Headers.ContentType = EventSequence.ContentType;
            response.Events = new EventSequence(operation.Service, (EventsShape)shape.Events.Shape, events, null);
            return true;
        }

        return shape.Payload is { } payload ? WritePayload(payload, result, response) : !shape.HasBody && response.Status == 204;
    }

    private static void WriteHead(Member member, object result, WireResponse response)
    {
        if (member.Location is not (MemberLocation.Status or MemberLocation.Header or MemberLocation.HeaderMap) || member.Get(result) is not { } value)
        {
            return;
        }

        switch (member.Location)
        {
            case MemberLocation.Status:
                response.Status = (int)value;
                break;
            case MemberLocation.Header:
                response.Headers[member.LocationName] = HeaderText.Clean(ScalarText.Format(value, member.Shape, HeaderFormat(member)));
                break;
            default:
                foreach (var (name, entry) in ((MapShape)member.Shape).Entries(value))
                {
                    response.Headers[member.LocationName + name] = HeaderText.Clean((string?)entry ?? "");
                }

                break;
        }
    }

    private static bool WritePayload(Member payload, object result, WireResponse response)
    {
        var value = payload.Get(result);
        switch (payload.Shape.Kind)
        {
            case ShapeKind.Stream:
                response.Stream = (Stream?)value;
                break;
            case ShapeKind.Blob:
                response.Payload = value is null ? default : ScalarText.Bytes(value);
                break;
            case ShapeKind.Text:
                response.Payload = System.Text.Encoding.UTF8.GetBytes((string?)value ?? "");
                break;
            default:
                return value is null;
        }

        if (response.Headers.ContentType.Count == 0)
        {
            response.Headers.ContentType = "application/octet-stream";
        }

        return true;
    }

    private static TimestampFormat HeaderFormat(Member member) =>
        member.Timestamp == TimestampFormat.Default ? TimestampFormat.HttpDate : member.Timestamp;
}
