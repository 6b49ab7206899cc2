using System.Text.Json;
using Petrel.Wire.Operations;
using Petrel.Wire.Protocols;
using Petrel.Wire.Shapes;

namespace Petrel.Wire.Json;

/// <summary>The body of an error in the JSON protocols.</summary>
internal static class JsonErrors
{
    private static readonly ShapeTable NoService = new(MemberCase.Pascal);

    public static void Write(ServiceTable? service, ServiceException error, WireResponse response, bool withType)
    {
        WriteTo(response.StartJson(), service, error, withType);
        response.FinishJson();
    }

    public static void WriteTo(Utf8JsonWriter writer, ServiceTable? service, ServiceException error, bool withType)
    {
        writer.WriteStartObject();
        if (withType)
        {
            writer.WriteString("__type"u8, TypeOf(service, error));
        }

        foreach (var (name, value) in error.Members)
        {
            if (value is not null)
            {
                writer.WritePropertyName(name);
                JsonShapeWriter.WriteLoose(writer, value, service?.Shapes ?? NoService);
            }
        }

        if (error.Message.Length > 0)
        {
            writer.WriteString(error.MessageName ?? "message", error.Message);
        }

        writer.WriteEndObject();
    }

    /// <summary>Where a service's errors carry the namespace of its model, those that all services share carry their own.</summary>
    private static string TypeOf(ServiceTable? service, ServiceException error) => service is not { ErrorNamespace: { Length: > 0 } own }
        ? error.Code
        : error switch
        {
            { Code: "ValidationException" } => $"com.amazon.coral.validate#{error.Code}",
            { Code: "ThrottlingException" } => $"com.amazon.coral.availability#{error.Code}",
            CommonException => $"com.amazon.coral.service#{error.Code}",
            _ => $"{own}#{error.Code}",
        };
}
