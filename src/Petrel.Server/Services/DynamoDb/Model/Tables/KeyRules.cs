using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>The attributes that a request defines, and the keys of tables and indexes made of them.</summary>
internal sealed class KeyRules
{
    private const int MaxElements = 2;

    private readonly Dictionary<string, AttributeType> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly bool _repeats;

    /// <param name="definitions">As the request gives them.</param>
    /// <param name="known">Keys that are there already, whose attributes need no definition.</param>
    public KeyRules(IEnumerable<AttributeDefinition> definitions, params IEnumerable<KeySchema> known)
    {
        foreach (var attribute in known.SelectMany(static keys => keys.Attributes))
        {
            _types[attribute.Name] = attribute.Type;
            _used.Add(attribute.Name);
        }

        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var definition in definitions)
        {
            Define(definition);
            _repeats |= !given.Add(definition.AttributeName);
        }
    }

    /// <summary>The key that a request's elements make.</summary>
    public KeySchema Read(IReadOnlyList<KeySchemaElement> elements)
    {
        if (elements.Count > MaxElements)
        {
            throw CommonException.Validation(
                $"1 validation error detected: Value '[{string.Join(", ", elements)}]' at 'keySchema' failed to satisfy constraint: "
                + $"Member must have length less than or equal to {MaxElements}");
        }

        CheckDefined(elements);
        if (elements.Count == 2 && elements[0].AttributeName == elements[1].AttributeName)
        {
            throw CommonException.Validation("Both the Hash Key and the Range Key element in the KeySchema have the same name");
        }

        if (elements[0].KeyType != "HASH")
        {
            throw CommonException.Validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
        }

        if (elements.Count == 2 && elements[1].KeyType != "RANGE")
        {
            throw CommonException.Validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
        }

        return new KeySchema(Use(elements[0]), elements.Count == 2 ? Use(elements[1]) : null);
    }

    /// <summary>Every attribute that is defined is one of a key, and is defined once.</summary>
    public void CheckAllUsed(bool hasIndexes)
    {
        if (_used.Count == _types.Count && !_repeats)
        {
            return;
        }

        throw TableProblem.Invalid(hasIndexes
            ? $"Some AttributeDefinitions are not used. AttributeDefinitions: [{Names(_types.Keys)}], keys used: [{Names(_used)}]"
            : "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions");
    }

    private void Define(AttributeDefinition definition)
    {
        var type = definition.AttributeType switch
        {
            "S" => AttributeType.String,
            "N" => AttributeType.Number,
            _ => AttributeType.Binary,
        };
        if (!_types.TryAdd(definition.AttributeName, type) && _types[definition.AttributeName] != type)
        {
            throw TableProblem.Invalid($"Cannot redefine the type of an attribute: {definition.AttributeName}");
        }
    }

    private void CheckDefined(IReadOnlyList<KeySchemaElement> elements)
    {
        if (elements.Count > _types.Count)
        {
            throw CommonException.Validation("Invalid KeySchema: Some index key attribute have no definition");
        }

        if (elements.Any(element => !_types.ContainsKey(element.AttributeName)))
        {
            throw TableProblem.Invalid(
                "Some index key attributes are not defined in AttributeDefinitions. "
                + $"Keys: [{Names(elements.Select(static e => e.AttributeName))}], AttributeDefinitions: [{Names(_types.Keys)}]");
        }
    }

    private KeyAttribute Use(KeySchemaElement element)
    {
        _used.Add(element.AttributeName);
        return new KeyAttribute(element.AttributeName, _types[element.AttributeName]);
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);
}
