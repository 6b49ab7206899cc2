using System.Collections;

namespace Petrel.Wire.Shapes;

/// <summary>What a value is on the wire, whatever the protocol.</summary>
public enum ShapeKind
{
    Text,
    Boolean,
    Int32,
    Int64,
    Double,
    Decimal,
    Timestamp,

    /// <summary>Bytes: base64 in JSON, XML and query strings, raw as a payload.</summary>
    Blob,

    /// <summary>A C# enum, written by the names of its values.</summary>
    Enumeration,

    /// <summary>Any JSON value (<see cref="System.Text.Json.JsonElement"/>).</summary>
    Document,

    /// <summary>A payload that is not held in memory.</summary>
    Stream,

    /// <summary>A sequence of events, sent as they come.</summary>
    Events,

    /// <summary>A type with JSON of its own (<see cref="IJsonValue{TSelf}"/>).</summary>
    Value,
    List,
    Map,
    Record,
}

/// <summary>How one C# type travels. Shapes are built once a type and service, by <see cref="ShapeTable"/>.</summary>
public abstract class Shape
{
    private protected Shape(ShapeKind kind, Type type)
    {
        Kind = kind;
        Type = type;
    }

    public ShapeKind Kind { get; }

    public Type Type { get; }
}

/// <summary>A value without parts.</summary>
public sealed class ScalarShape : Shape
{
    internal ScalarShape(ShapeKind kind, Type type)
        : base(kind, type)
    {
    }
}

/// <summary>A C# enum; its names are the wire's values.</summary>
public sealed class EnumShape : Shape
{
    private readonly Dictionary<string, object> _values = [];

    internal EnumShape(Type type)
        : base(ShapeKind.Enumeration, type)
    {
        Names = Enum.GetNames(type);
        foreach (var name in Names)
        {
            _values[name] = Enum.Parse(type, name);
        }
    }

    public string[] Names { get; }

    public object? Find(string name) => _values.GetValueOrDefault(name);
}

/// <summary>A list, in whichever of C#'s list types the record declares.</summary>
public sealed class ListShape : Shape
{
    private readonly ShapeTable _table;
    private readonly ListAccess _access;

    internal ListShape(Type type, Type element, ShapeTable table)
        : base(ShapeKind.List, type)
    {
        _table = table;
        ElementType = element;
        _access = (ListAccess)Activator.CreateInstance(typeof(ListAccess<>).MakeGenericType(element), type)!;
    }

    public Type ElementType { get; }

    /// <summary>Resolved late, so that a record may contain lists of itself.</summary>
    public Shape Element => field ??= _table.Get(ElementType);

    internal IList Start() => _access.Start();

    internal object Finish(IList list) => _access.Finish(list);
}

/// <summary>A map with text keys.</summary>
public sealed class MapShape : Shape
{
    private readonly ShapeTable _table;
    private readonly MapAccess _access;

    internal MapShape(Type type, Type value, ShapeTable table)
        : base(ShapeKind.Map, type)
    {
        _table = table;
        ValueType = value;
        _access = (MapAccess)Activator.CreateInstance(typeof(MapAccess<>).MakeGenericType(value))!;
    }

    public Type ValueType { get; }

    public Shape Value => field ??= _table.Get(ValueType);

    internal IDictionary Start() => _access.Start();

    internal IEnumerable<KeyValuePair<string, object?>> Entries(object map) => _access.Entries(map);

    internal int Count(object map) => _access.Count(map);
}
