using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>
/// The names and values that a request gives its expressions, and which of them were used. One scope serves all expressions of a request:
/// make it, parse every expression, then call <see cref="ThrowIfUnused"/>.
/// </summary>
internal sealed class ExpressionScope
{
    private readonly HashSet<string> _used = [];
    private readonly IReadOnlyDictionary<string, string>? _names;
    private readonly AttributeMap? _values;
    private string? _later;

    /// <exception cref="CommonException">A parameter is empty, has a bad key or a bad value (<c>ValidationException</c>).</exception>
    public ExpressionScope(IReadOnlyDictionary<string, string>? names, AttributeMap? values)
    {
        (_names, _values) = (names, values);
        if (names is not null)
        {
            CheckKeys(names.Keys, names.Count, '#', "ExpressionAttributeNames");
            if (names.FirstOrDefault(static n => AttributeMap.IsTooLong(n.Value)).Key is { } key)
            {
                Refuse($"ExpressionAttributeNames contains invalid value: Attribute name is too large, must be at most 65535 bytes for key {key}");
            }
        }

        if (values is not null)
        {
            CheckKeys(values.Keys, values.Count, ':', "ExpressionAttributeValues");
            if (values.Problem is { } problem)
            {
                Refuse($"ExpressionAttributeValues contains invalid value: {problem} for key {values.ProblemName}");
            }
        }
    }

    /// <summary>The name of a placeholder (<c>#n</c>); null where it is not defined.</summary>
    public string? Name(string placeholder)
    {
        if (_names is null || !_names.TryGetValue(placeholder, out var name))
        {
            return null;
        }

        _used.Add(placeholder);
        return name;
    }

    /// <summary>The value of a placeholder (<c>:v</c>); null where it is not defined.</summary>
    public AttributeValue? Value(string placeholder)
    {
        if (_values is null || !_values.TryGetValue(placeholder, out var value))
        {
            return null;
        }

        _used.Add(placeholder);
        return value;
    }

    /// <summary>Says something that is wrong only after what is not used has been said.</summary>
    public void RefuseLater(string message) => _later ??= message;

    /// <exception cref="CommonException">A name or value was given that no expression uses (<c>ValidationException</c>).</exception>
    public void ThrowIfUnused()
    {
        if ((_names?.Count ?? 0) + (_values?.Count ?? 0) > _used.Count)
        {
            ThrowIfUnused(_names?.Keys ?? [], "ExpressionAttributeNames");
            ThrowIfUnused(_values?.Keys ?? [], "ExpressionAttributeValues");
        }

        if (_later is not null)
        {
            Refuse(_later);
        }
    }

    private void ThrowIfUnused(IEnumerable<string> keys, string parameter)
    {
        var unused = keys.Where(key => !_used.Contains(key)).ToArray();
        if (unused.Length > 0)
        {
            Refuse($"Value provided in {parameter} unused in expressions: keys: {{{string.Join(", ", unused)}}}");
        }
    }

    private static void CheckKeys(IEnumerable<string> keys, int count, char prefix, string parameter)
    {
        if (count == 0)
        {
            Refuse($"{parameter} must not be empty");
        }

        foreach (var key in keys)
        {
            if (!IsPlaceholder(key, prefix))
            {
                Refuse($"{parameter} contains invalid key: Syntax error; key: \"{key}\"");
            }
        }
    }

    private static bool IsPlaceholder(string key, char prefix)
    {
        if (key.Length < 2 || key[0] != prefix)
        {
            return false;
        }

        for (var i = 1; i < key.Length; i++)
        {
            if (!Lexer.IsNamePart(key[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static void Refuse(string message) => throw CommonException.Validation(message);
}
