using Petrel.Wire.Operations;
using Petrel.Wire.Shapes;

namespace Petrel.Wire.Xml;

/// <summary>What errors in XML have in common.</summary>
internal static class XmlErrors
{
    private static readonly ShapeTable NoService = new(MemberCase.Pascal);

    /// <summary>The codes of the query services have no "Exception" at their end; those of services' own errors are as their contract says.</summary>
    public static string Code(ServiceException error) => error switch
    {
        CommonException { Code: "ValidationException" } => "ValidationError",
        CommonException { Code: "SerializationException" } => "MalformedQueryString",
        CommonException common when common.Code.EndsWith("Exception", StringComparison.Ordinal) => common.Code[..^"Exception".Length],
        _ => error.Code,
    };

    public static void WriteMembers(XmlOutput output, ServiceTable? service, ServiceException error)
    {
        foreach (var (name, value) in error.Members)
        {
            if (value is not null)
            {
                XmlShapeWriter.WriteLoose(output, name, value, service?.Shapes ?? NoService);
            }
        }
    }
}
