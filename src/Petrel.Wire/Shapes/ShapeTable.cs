using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;

namespace Petrel.Wire.Shapes;

/// <summary>
/// The shapes of one service: built from the contract's records by reflection when a type is first met, and read by every protocol.
/// </summary>
public sealed class ShapeTable(MemberCase memberCase)
{
    private static readonly Type[] ListTypes =
    [
        typeof(List<>), typeof(IReadOnlyList<>), typeof(IList<>), typeof(IReadOnlyCollection<>), typeof(ICollection<>), typeof(IEnumerable<>),
        typeof(ImmutableArray<>),
    ];

    private static readonly Type[] MapTypes = [typeof(Dictionary<,>), typeof(IReadOnlyDictionary<,>), typeof(IDictionary<,>)];

    private readonly ConcurrentDictionary<Type, Shape> _shapes = [];

    public MemberCase MemberCase { get; } = memberCase;

    /// <exception cref="ContractException">The type cannot travel.</exception>
    public Shape Get(Type type) => _shapes.GetOrAdd(Nullable.GetUnderlyingType(type) ?? type, static (key, table) => table.Build(key), this);

    /// <summary>A C# name in the service's case.</summary>
    public string Named(string name) => MemberCase == MemberCase.Camel ? Member.Camel(name) : name;

    /// <summary>A record's shape with all its members in the body: events, errors and parts of other records.</summary>
    public RecordShape Record(Type type) =>
        Get(type) as RecordShape ?? throw new ContractException($"{type} is not a positional record.");

    private Shape Build(Type type) => Scalar(type) ?? ValueShape.Of(type) ?? Collection(type) ?? new RecordShape(type, this, []);

    private static Shape? Scalar(Type type)
    {
        if (type.IsEnum)
        {
            return new EnumShape(type);
        }

        ShapeKind? kind = type switch
        {
            _ when type == typeof(string) => ShapeKind.Text,
            _ when type == typeof(bool) => ShapeKind.Boolean,
            _ when type == typeof(int) => ShapeKind.Int32,
            _ when type == typeof(long) => ShapeKind.Int64,
            _ when type == typeof(double) => ShapeKind.Double,
            _ when type == typeof(decimal) => ShapeKind.Decimal,
            _ when type == typeof(DateTimeOffset) => ShapeKind.Timestamp,
            _ when type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>) => ShapeKind.Blob,
            _ when type == typeof(JsonElement) => ShapeKind.Document,
            _ when type == typeof(Stream) => ShapeKind.Stream,
            _ => null,
        };
        return kind is { } scalar ? new ScalarShape(scalar, type) : null;
    }

    private Shape? Collection(Type type)
    {
        if (type.IsArray)
        {
            return new ListShape(type, type.GetElementType()!, this);
        }

        if (!type.IsGenericType)
        {
            return null;
        }

        var definition = type.GetGenericTypeDefinition();
        var arguments = type.GetGenericArguments();
        if (definition == typeof(IAsyncEnumerable<>))
        {
            return new EventsShape(type, arguments[0], this);
        }

        if (Array.IndexOf(ListTypes, definition) >= 0)
        {
            return new ListShape(type, arguments[0], this);
        }

        return Array.IndexOf(MapTypes, definition) >= 0 && arguments[0] == typeof(string) ? new MapShape(type, arguments[1], this) : null;
    }
}

/// <summary>A contract that the wire cannot carry: an error of the program, found when its operation is first used or by a test.</summary>
public sealed class ContractException(string message) : Exception(message);
