using System.Buffers;
using System.Text.Json;
using Petrel.Wire.Json;
using Petrel.Wire.Operations;
using Petrel.Wire.Rest;
using Petrel.Wire.Shapes;
using Petrel.Wire.Validation;

namespace Petrel.Wire.Protocols;

/// <summary>REST-JSON: method and path name the operation, the body is a JSON document or a payload, the error's code is in a header.</summary>
internal sealed class RestJsonCodec : ProtocolCodec
{
    public override object ReadRequest(Operation operation, in WireRequest request)
    {
        var shape = operation.Request;
        var rented = ArrayPool<object?>.Shared.Rent(shape.Members.Length);
        var values = rented.AsSpan(0, shape.Members.Length);
        values.Clear();
        var check = new InputCheck();
        RestInput.Read(operation, request, values);
        if (shape.Payload is { } payload)
        {
            values[payload.Index] = payload.Shape is RecordShape record
                ? JsonShapeReader.ReadPayload(request.Body.Span, record, payload, check)
                : RestInput.Payload(payload, request);
        }
        else if (shape.HasBody)
        {
            JsonShapeReader.ReadBody(request.Body.Span, shape, values, check, bodyMembersOnly: true);
        }

        check.Check(shape, values);
        check.ThrowIfFailed();
        var result = shape.Create(values);
        ArrayPool<object?>.Shared.Return(rented, clearArray: true);
        return result;
    }

    public override void WriteResult(Operation operation, object? result, WireResponse response)
    {
        RequestIdHeader(response);
        if (RestOutput.Write(operation, result, response))
        {
            return;
        }

        response.Headers.ContentType = "application/json";
        var shape = operation.Result!;
        var writer = response.StartJson();
        if (shape.Payload is { } payload)
        {
            JsonShapeWriter.WriteRecord(writer, (RecordShape)payload.Shape, payload.Get(result!)!, bodyMembersOnly: false);
        }
        else
        {
            JsonShapeWriter.WriteRecord(writer, shape, result!, bodyMembersOnly: true);
        }

        response.FinishJson();
    }

    public override void WriteError(ServiceTable? service, ServiceException error, WireResponse response)
    {
        StartError(error, response);
        RequestIdHeader(response);
        response.Headers["x-amzn-ErrorType"] = error.Code;
        response.Headers.ContentType = "application/json";
        JsonErrors.Write(service, error, response, withType: false);
    }
}
