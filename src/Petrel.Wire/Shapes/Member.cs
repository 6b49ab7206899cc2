using System.Reflection;
using System.Text;
using System.Text.Json;
using Petrel.Wire.Validation;

namespace Petrel.Wire.Shapes;

/// <summary>Where a member travels in the REST protocols; the others carry every member in the body.</summary>
public enum MemberLocation
{
    Body,
    Path,
    Query,

    /// <summary>All query parameters that no other member takes.</summary>
    QueryMap,
    Header,

    /// <summary>All headers of a prefix.</summary>
    HeaderMap,
    Payload,
    Status,
    Events,
}

/// <summary>One member of a record: its names, place, limits and access.</summary>
public sealed class Member
{
    private static readonly XmlListAttribute DefaultXmlList = new();

    private readonly ShapeTable _table;
    private readonly Type _type;
    private readonly MethodInvoker _getter;

    internal Member(int index, ParameterInfo parameter, Type owner, ShapeTable table, IReadOnlyCollection<string> labels)
    {
        _table = table;
        _type = parameter.ParameterType;
        var property = owner.GetProperty(parameter.Name!)?.GetMethod
            ?? throw new ContractException($"{owner}({parameter.Name}) is not a parameter of a positional record.");
        _getter = MethodInvoker.Create(property);
        Index = index;
        Name = parameter.GetCustomAttribute<WireNameAttribute>()?.Name
            ?? table.Named(parameter.Name!);
        JsonName = JsonEncodedText.Encode(Name);
        Utf8Name = Encoding.UTF8.GetBytes(Name);
        PathName = Camel(Name);
        Required = !parameter.HasDefaultValue;
        Default = parameter.HasDefaultValue ? parameter.DefaultValue : null;
        (Location, LocationName) = Locate(parameter, labels);
        Timestamp = parameter.GetCustomAttribute<TimestampAttribute>()?.Format ?? TimestampFormat.Default;
        XmlList = parameter.GetCustomAttribute<XmlListAttribute>() ?? DefaultXmlList;
        Constraints = Constraint.Of(parameter);
    }

    /// <summary>The position among the record's members.</summary>
    public int Index { get; }

    public string Name { get; }

    /// <summary>The name as validation errors write it: with a small first letter.</summary>
    public string PathName { get; }

    public bool Required { get; }

    public MemberLocation Location { get; }

    /// <summary>The label, parameter, header or header prefix.</summary>
    public string LocationName { get; }

    public TimestampFormat Timestamp { get; }

    public XmlListAttribute XmlList { get; }

    public Shape Shape => field ??= _table.Get(_type);

    internal JsonEncodedText JsonName { get; }

    internal byte[] Utf8Name { get; }

    internal object? Default { get; }

    internal Constraint[] Constraints { get; }

    /// <summary>The member's value in a record of its type.</summary>
    public object? Get(object record) => _getter.Invoke(record);

    private (MemberLocation Location, string Name) Locate(ParameterInfo parameter, IReadOnlyCollection<string> labels)
    {
        foreach (var label in labels)
        {
            if (label == Name || label == parameter.Name)
            {
                return (MemberLocation.Path, label);
            }
        }

        if (parameter.GetCustomAttribute<InHeaderAttribute>() is { } header)
        {
            return (Shape is MapShape ? MemberLocation.HeaderMap : MemberLocation.Header, header.Name);
        }

        if (parameter.GetCustomAttribute<FromQueryAttribute>() is { } query)
        {
            return Shape is MapShape && query.Name is null ? (MemberLocation.QueryMap, "") : (MemberLocation.Query, query.Name ?? Name);
        }

        return (parameter.GetCustomAttribute<PayloadAttribute>(), parameter.GetCustomAttribute<StatusCodeAttribute>(),
                parameter.GetCustomAttribute<EventStreamAttribute>(), parameter.GetCustomAttribute<FromPathAttribute>()) switch
        {
            (not null, _, _, _) => (MemberLocation.Payload, Name),
            (_, not null, _, _) => (MemberLocation.Status, Name),
            (_, _, not null, _) => (MemberLocation.Events, Name),
            (_, _, _, not null) => throw new ContractException($"{parameter.Member.DeclaringType}.{parameter.Name}: no label of the path has this name."),
            _ => (MemberLocation.Body, Name),
        };
    }

    internal static string Camel(string name) => string.Create(name.Length, name, static (span, source) =>
    {
        source.CopyTo(span);
        span[0] = char.ToLowerInvariant(span[0]);
    });
}
