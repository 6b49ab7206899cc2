using System.Text.Json;

namespace Petrel.Wire.Shapes;

/// <summary>A type that reads and writes its own JSON.</summary>
public abstract class ValueShape : Shape
{
    private protected ValueShape(Type type)
        : base(ShapeKind.Value, type)
    {
    }

    internal abstract object Read(ref Utf8JsonReader reader);

    /// <summary>Null for a type without JSON of its own; a derived type is read as the type that it derives from.</summary>
    internal static ValueShape? Of(Type type)
    {
        if (!typeof(IJsonValue).IsAssignableFrom(type))
        {
            return null;
        }

        for (var read = type; read is not null; read = read.BaseType)
        {
            if (Array.Exists(read.GetInterfaces(), i => IsReaderOf(i, read)))
            {
                return (ValueShape)Activator.CreateInstance(typeof(ValueShape<>).MakeGenericType(read))!;
            }
        }

        return null;
    }

    private static bool IsReaderOf(Type candidate, Type self) =>
        candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IJsonValue<>) && candidate.GetGenericArguments()[0] == self;
}

internal sealed class ValueShape<T>() : ValueShape(typeof(T))
    where T : IJsonValue<T>
{
    internal override object Read(ref Utf8JsonReader reader) => T.ReadJson(ref reader);
}
