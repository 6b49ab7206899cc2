using System.Buffers;
using Petrel.Wire.Operations;
using Petrel.Wire.Query;
using Petrel.Wire.Validation;
using Petrel.Wire.Xml;

namespace Petrel.Wire.Protocols;

/// <summary>Query: a form with <c>Action=</c> there, XML back.</summary>
internal sealed class QueryCodec : ProtocolCodec
{
    public override object ReadRequest(Operation operation, in WireRequest request)
    {
        var shape = operation.Request;
        var check = new InputCheck();
        var rented = ArrayPool<object?>.Shared.Rent(shape.Members.Length);
        var values = rented.AsSpan(0, shape.Members.Length);
        values.Clear();
        TextShapeReader.ReadMembers(FormInput.Read(request.RawQuery, request.Body.Span), shape, values, FormDialect.Instance, check);
        check.Check(shape, values);
        check.ThrowIfFailed();
        var record = shape.Create(values);
        ArrayPool<object?>.Shared.Return(rented, clearArray: true);
        return record;
    }

    public override void WriteResult(Operation operation, object? result, WireResponse response)
    {
        RequestIdHeader(response);
        response.Headers.ContentType = "text/xml";
        var output = new XmlOutput(response.Buffer);
        output.Start($"{operation.Name}Response", operation.Service.XmlNamespace);
        if (operation.Result is { } shape && result is not null)
        {
            output.Start($"{operation.Name}Result");
            XmlShapeWriter.WriteMembers(output, shape, result, bodyMembersOnly: false);
            output.End($"{operation.Name}Result");
        }

        output.Start("ResponseMetadata");
        output.Element("RequestId", response.RequestId);
        output.End("ResponseMetadata");
        output.End($"{operation.Name}Response");
    }

    public override void WriteError(ServiceTable? service, ServiceException error, WireResponse response)
    {
        StartError(error, response);
        RequestIdHeader(response);
        response.Headers.ContentType = "text/xml";
        var output = new XmlOutput(response.Buffer);
        output.Start("ErrorResponse", service?.XmlNamespace ?? "");
        output.Start("Error");
        output.Element("Type", error.Status < 500 ? "Sender" : "Receiver");
        output.Element("Code", XmlErrors.Code(error));
        output.Element("Message", error.Message);
        XmlErrors.WriteMembers(output, service, error);
        output.End("Error");
        output.Element("RequestId", response.RequestId);
        output.End("ErrorResponse");
    }
}
