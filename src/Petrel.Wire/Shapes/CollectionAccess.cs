using System.Collections;
using System.Collections.Immutable;

namespace Petrel.Wire.Shapes;

/// <summary>Makes and reads lists of one element type without reflection.</summary>
internal abstract class ListAccess
{
    public abstract IList Start();

    public abstract object Finish(IList list);
}

internal sealed class ListAccess<T>(Type target) : ListAccess
{
    private readonly bool _isArray = target.IsArray;
    private readonly bool _isImmutable = target == typeof(ImmutableArray<T>);

    public override IList Start() => new List<T>();

    public override object Finish(IList list)
    {
        var typed = (List<T>)list;
        return _isArray ? typed.ToArray() : _isImmutable ? typed.ToImmutableArray() : typed;
    }
}

/// <summary>Makes and reads maps of one value type without reflection.</summary>
internal abstract class MapAccess
{
    public abstract IDictionary Start();

    public abstract IEnumerable<KeyValuePair<string, object?>> Entries(object map);

    public abstract int Count(object map);
}

internal sealed class MapAccess<T> : MapAccess
{
    public override IDictionary Start() => new Dictionary<string, T>();

    public override IEnumerable<KeyValuePair<string, object?>> Entries(object map)
    {
        foreach (var (key, value) in (IEnumerable<KeyValuePair<string, T>>)map)
        {
            yield return new KeyValuePair<string, object?>(key, value);
        }
    }

    public override int Count(object map) => map is IReadOnlyCollection<KeyValuePair<string, T>> entries
        ? entries.Count
        : ((ICollection<KeyValuePair<string, T>>)map).Count;
}
