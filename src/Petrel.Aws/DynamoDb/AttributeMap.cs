using System.Buffers;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

/// <summary>
/// Named attributes: an item, a key, a map value, or the values of an expression. Immutable; made by <see cref="AttributeMapBuilder"/>.
/// A derived type keeps its attributes in another form and makes values of them on demand.
/// </summary>
public class AttributeMap : IJsonValue<AttributeMap>, IReadOnlyDictionary<string, AttributeValue>, IEquatable<AttributeMap>
{
    /// <summary>Few attributes are found by looking at all of them sooner than by hashing.</summary>
    private const int MaxScanned = 16;

    /// <summary>The service's limit for the name of an attribute, in UTF-8.</summary>
    private const int MaxNameBytes = 65_535;

    private readonly KeyValuePair<string, AttributeValue>[] _entries;
    private readonly Dictionary<string, int>? _places;

    /// <summary>The caller gives the array away; names are distinct.</summary>
    internal AttributeMap(KeyValuePair<string, AttributeValue>[] entries, string? problem, string? problemName)
    {
        _entries = entries;
        (Problem, ProblemName) = (problem, problemName);
        if (entries.Length > MaxScanned)
        {
            _places = new Dictionary<string, int>(entries.Length);
            for (var i = 0; i < entries.Length; i++)
            {
                _places.Add(entries[i].Key, i);
            }
        }
    }

    /// <summary>For a derived type with a form of its own.</summary>
    protected AttributeMap() => _entries = [];

    public static AttributeMap Empty { get; } = new([], null, null);

    /// <summary>What is wrong with the first bad value, in the service's words; see <see cref="AttributeValue.Problem"/>.</summary>
    public string? Problem { get; }

    /// <summary>The name of the attribute that has the <see cref="Problem"/>.</summary>
    public string? ProblemName { get; }

    public virtual int Count => _entries.Length;

    public IEnumerable<string> Keys
    {
        get
        {
            foreach (var (name, _) in this)
            {
                yield return name;
            }
        }
    }

    public IEnumerable<AttributeValue> Values
    {
        get
        {
            foreach (var (_, value) in this)
            {
                yield return value;
            }
        }
    }

    public AttributeValue this[string key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no attribute {key}.");

    /// <summary>A map of distinct names.</summary>
    public static AttributeMap Of(params ReadOnlySpan<(string Name, AttributeValue Value)> attributes)
    {
        var builder = new AttributeMapBuilder(attributes.Length);
        foreach (var (name, value) in attributes)
        {
            builder.Set(name, value);
        }

        return builder.Build();
    }

    public static AttributeMap ReadJson(ref Utf8JsonReader reader) => AttributeReader.ReadMap(ref reader);

    /// <summary>Whether no attribute may have this name.</summary>
    public static bool IsTooLong(string name) => name.Length > MaxNameBytes / 3 && Encoding.UTF8.GetByteCount(name) > MaxNameBytes;

    /// <exception cref="CommonException">A value is bad (<c>ValidationException</c>).</exception>
    public void ThrowIfBad()
    {
        if (Problem is not null)
        {
            throw CommonException.Validation(Problem);
        }
    }

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public virtual bool TryGetValue(string key, [MaybeNullWhen(false)] out AttributeValue value)
    {
        var place = Find(key);
        value = place < 0 ? null : _entries[place].Value;
        return place >= 0;
    }

    public virtual IEnumerator<KeyValuePair<string, AttributeValue>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, AttributeValue>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public virtual void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in this)
        {
            writer.WritePropertyName(name);
            value.WriteJson(writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>The same names with equal values; their order says nothing.</summary>
    public bool Equals(AttributeMap? other)
    {
        if (ReferenceEquals(this, other) || other is null || Count != other.Count)
        {
            return ReferenceEquals(this, other);
        }

        foreach (var (name, value) in this)
        {
            if (!other.TryGetValue(name, out var found) || !value.Equals(found))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as AttributeMap);

    public override int GetHashCode() => Count;

    /// <summary>Its JSON, for messages.</summary>
    public override string ToString()
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            WriteJson(writer);
        }

        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    private int Find(string name)
    {
        if (_places is not null)
        {
            return _places.GetValueOrDefault(name, -1);
        }

        for (var i = 0; i < _entries.Length; i++)
        {
            if (_entries[i].Key == name)
            {
                return i;
            }
        }

        return -1;
    }
}
