using System.Buffers;
using Petrel.Wire.Checksums;
using Petrel.Wire.Operations;
using Petrel.Wire.Rest;
using Petrel.Wire.Shapes;
using Petrel.Wire.Validation;
using Petrel.Wire.Xml;

namespace Petrel.Wire.Protocols;

/// <summary>REST-XML: as REST-JSON, with XML documents for bodies. The root element of an answer is the name of its record.</summary>
internal sealed class RestXmlCodec : ProtocolCodec
{
    public override object ReadRequest(Operation operation, in WireRequest request)
    {
        var shape = operation.Request;
        if (shape.Payload is not { Shape.Kind: ShapeKind.Stream })
        {
            BodyDigest.Check(request.Headers, request.Body.Span, shape);
        }

        var check = new InputCheck();
        var rented = ArrayPool<object?>.Shared.Rent(shape.Members.Length);
        var values = rented.AsSpan(0, shape.Members.Length);
        values.Clear();
        RestInput.Read(operation, request, values);
        if (shape.Payload is { } payload)
        {
            values[payload.Index] = payload.Shape is RecordShape record ? ReadPayload(request, record, payload, check) : RestInput.Payload(payload, request);
        }
        else if (shape.HasBody && !request.Body.IsEmpty)
        {
            TextShapeReader.ReadMembers(XmlInput.Read(request.Body), shape, values, XmlDialect.Instance, check, bodyMembersOnly: true);
        }

        check.Check(shape, values);
        check.ThrowIfFailed();
        var result = shape.Create(values);
        ArrayPool<object?>.Shared.Return(rented, clearArray: true);
        return result;
    }

    public override void WriteResult(Operation operation, object? result, WireResponse response)
    {
        RequestIds(response);
        if (RestOutput.Write(operation, result, response) || operation.Result is not { } shape)
        {
            return;
        }

        var root = shape.Payload is { } payload ? (RecordShape)payload.Shape : shape;
        if (shape.Payload is null && !shape.HasBody)
        {
            return;
        }

        response.Headers.ContentType = "application/xml";
        var output = new XmlOutput(response.Buffer);
        output.Declaration();
        output.Start(root.Name, operation.Service.XmlNamespace);
        XmlShapeWriter.WriteMembers(output, root, shape.Payload is null ? result! : shape.Payload.Get(result!)!, shape.Payload is null);
        output.End(root.Name);
    }

    public override void WriteError(ServiceTable? service, ServiceException error, WireResponse response)
    {
        StartError(error, response);
        RequestIds(response);
        response.Headers.ContentType = "application/xml";
        var output = new XmlOutput(response.Buffer);
        output.Declaration();
        output.Start("Error");
        output.Element("Code", Code(error));
        output.Element("Message", error.Message);
        XmlErrors.WriteMembers(output, service, error);
        output.Element("RequestId", response.RequestId);
        output.Element("HostId", "petrel");
        output.End("Error");
    }

    private static string Code(ServiceException error) => error switch
    {
        CommonException { Code: "ValidationException" or "SerializationException" } => "InvalidArgument",
        CommonException { Code: "RequestEntityTooLargeException" } => "EntityTooLarge",
        CommonException { Code: "InternalFailure" } => "InternalError",
        _ => XmlErrors.Code(error),
    };

    private static object? ReadPayload(in WireRequest request, RecordShape shape, Member member, InputCheck check)
    {
        if (request.Body.IsEmpty)
        {
            return null;
        }

        check.Enter(member);
        var record = TextShapeReader.ReadRecord(XmlInput.Read(request.Body), shape, XmlDialect.Instance, check);
        check.Leave();
        return record;
    }

    private static void RequestIds(WireResponse response)
    {
        response.Headers["x-amz-request-id"] = response.RequestId;
        response.Headers["x-amz-id-2"] = "petrel";
    }
}
