using System.Buffers;
using Petrel.Wire.EventStream;
using Petrel.Wire.Json;
using Petrel.Wire.Operations;
using Petrel.Wire.Shapes;
using Petrel.Wire.Validation;

namespace Petrel.Wire.Protocols;

/// <summary>JSON 1.0 and 1.1: one JSON document each way, the error's code in <c>__type</c>.</summary>
internal sealed class JsonRpcCodec(string contentType) : ProtocolCodec
{
    public override object ReadRequest(Operation operation, in WireRequest request)
    {
        var shape = operation.Request;
        var rented = ArrayPool<object?>.Shared.Rent(shape.Members.Length);
        var values = rented.AsSpan(0, shape.Members.Length);
        values.Clear();
        var check = new InputCheck();
        JsonShapeReader.ReadBody(request.Body.Span, shape, values, check, bodyMembersOnly: false);
        check.Check(shape, values);
        check.ThrowIfFailed();
        var record = shape.Create(values);
        ArrayPool<object?>.Shared.Return(rented, clearArray: true);
        return record;
    }

    public override void WriteResult(Operation operation, object? result, WireResponse response)
    {
        RequestIdHeader(response);
        response.Headers.ContentType = contentType;
        if (operation.Result is not { } shape || result is null)
        {
            return;
        }

        if (shape.Events?.Get(result) is { } events)
        {
            response.Headers.ContentType = EventSequence.ContentType;
            response.Events = new EventSequence(
                operation.Service, (EventsShape)shape.Events.Shape, events, EventSequence.InitialResponse(shape, result));
            return;
        }

        JsonShapeWriter.WriteRecord(response.StartJson(), shape, result, bodyMembersOnly: false);
        response.FinishJson();
    }

    public override void WriteError(ServiceTable? service, ServiceException error, WireResponse response)
    {
        var said = InWordsOf(service, error);
        StartError(said, response);
        RequestIdHeader(response);
        response.Headers.ContentType = contentType;
        JsonErrors.Write(service, said, response, withType: true);
    }

    /// <summary>These services say 400 for a caller without rights, and some have a code of their own for a broken limit.</summary>
    private static ServiceException InWordsOf(ServiceTable? service, ServiceException error) => error switch
    {
        CommonException { Code: "AccessDeniedException", Status: 403 } => new CommonException(error.Code, error.Message, 400),
        CommonException { Code: "ValidationException" } when service?.ValidationCode is { } code =>
            new CommonException(code, error.Message, error.Status),
        _ => error,
    };
}
