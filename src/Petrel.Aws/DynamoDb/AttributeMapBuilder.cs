using System.Diagnostics.CodeAnalysis;

namespace Petrel.Aws.DynamoDb;

/// <summary>Collects attributes, the last of one name wins, and makes the map of them.</summary>
public sealed class AttributeMapBuilder
{
    /// <summary>Few names are compared one by one, more are looked up.</summary>
    private const int MaxScanned = 16;

    private readonly List<KeyValuePair<string, AttributeValue>> _entries;
    private Dictionary<string, int>? _places;

    public AttributeMapBuilder(int capacity = 0) => _entries = new List<KeyValuePair<string, AttributeValue>>(capacity);

    /// <summary>Begins with the attributes of a map.</summary>
    public AttributeMapBuilder(AttributeMap map)
        : this(map.Count + 2)
    {
        foreach (var entry in map)
        {
            _entries.Add(entry);
        }
    }

    public int Count => _entries.Count;

    public bool TryGet(string name, [MaybeNullWhen(false)] out AttributeValue value)
    {
        var place = Find(name);
        value = place < 0 ? null : _entries[place].Value;
        return place >= 0;
    }

    public AttributeMapBuilder Set(string name, AttributeValue value)
    {
        var entry = new KeyValuePair<string, AttributeValue>(name, value);
        var place = Find(name);
        if (place >= 0)
        {
            _entries[place] = entry;
        }
        else
        {
            _places?.Add(name, _entries.Count);
            _entries.Add(entry);
        }

        return this;
    }

    public bool Remove(string name)
    {
        var place = Find(name);
        if (place < 0)
        {
            return false;
        }

        _entries.RemoveAt(place);
        _places = null;
        return true;
    }

    public AttributeMap Build()
    {
        string? problem = null;
        string? problemName = null;
        foreach (var (name, value) in _entries)
        {
            if (value.Problem is not null)
            {
                (problem, problemName) = (value.Problem, name);
                break;
            }
        }

        return _entries.Count == 0 ? AttributeMap.Empty : new AttributeMap([.. _entries], problem, problemName);
    }

    private int Find(string name)
    {
        if (_entries.Count > MaxScanned)
        {
            return (_places ??= Places()).GetValueOrDefault(name, -1);
        }

        for (var i = 0; i < _entries.Count; i++)
        {
            if (_entries[i].Key == name)
            {
                return i;
            }
        }

        return -1;
    }

    private Dictionary<string, int> Places()
    {
        var places = new Dictionary<string, int>(_entries.Count * 2);
        for (var i = 0; i < _entries.Count; i++)
        {
            places.Add(_entries[i].Key, i);
        }

        return places;
    }
}
