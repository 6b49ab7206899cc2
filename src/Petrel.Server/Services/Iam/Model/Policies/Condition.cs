namespace Petrel.Server.Services.Iam.Model.Policies;

/// <summary>One line of a condition block: an operator, a key and the values any of which may match.</summary>
internal sealed class Condition
{
    private readonly ConditionOperator _operator;
    private readonly ConditionKey _key;
    private readonly PolicyPattern[] _values;
    private readonly PolicyPattern[][]? _arns;

    public Condition(ConditionOperator conditionOperator, ConditionKey key, IReadOnlyList<string> values, bool variables)
    {
        (_operator, _key) = (conditionOperator, key);
        var wildcards = conditionOperator.Comparison is Comparison.StringLike or Comparison.ArnLike;
        var ignoreCase = conditionOperator.Comparison == Comparison.StringEqualsIgnoreCase;
        _values = [.. values.Select(v => PolicyPattern.Compile(v, wildcards, variables, ignoreCase))];
        _arns = conditionOperator.Comparison == Comparison.ArnLike
            ? [.. values.Select(v => v == "*" ? [] : CompileArn(v, variables))]
            : null;
    }

    public bool Holds(AccessRequest request)
    {
        var exists = request.TryGet(_key, out var actual) && actual.Count > 0;
        if (_operator.Comparison == Comparison.Null)
        {
            return AnyIs(exists ? "false" : "true", request);
        }

        return exists ? HoldsFor(actual, request) : HoldsWithout();
    }

    /// <summary>A missing key satisfies a negated operator, <c>…IfExists</c> and <c>ForAllValues</c>; nothing else.</summary>
    private bool HoldsWithout() => _operator switch
    {
        { IfExists: true } or { Quantifier: Quantifier.ForAllValues } => true,
        { Quantifier: Quantifier.ForAnyValue } => false,
        _ => _operator.Negated,
    };

    private bool HoldsFor(ContextValues actual, AccessRequest request)
    {
        // A negated operator on a plain key says "none of the values"; with a quantifier it is applied value by value.
        var wantsAll = _operator.Quantifier == Quantifier.ForAllValues || (_operator is { Quantifier: Quantifier.Single, Negated: true });
        for (var i = 0; i < actual.Count; i++)
        {
            if (MatchesAny(actual[i], request) == _operator.Negated == wantsAll)
            {
                return !wantsAll;
            }
        }

        return wantsAll;
    }

    private bool MatchesAny(string actual, AccessRequest request)
    {
        for (var i = 0; i < _values.Length; i++)
        {
            if (Matches(i, actual, request))
            {
                return true;
            }
        }

        return false;
    }

    private bool Matches(int index, string actual, AccessRequest request) => _operator.Comparison switch
    {
        Comparison.StringEquals or Comparison.StringEqualsIgnoreCase or Comparison.StringLike => _values[index].Matches(actual, request),
        Comparison.ArnLike => MatchesArn(_arns![index], actual, request),
        var typed => _values[index].Text(request) is { } expected && TypedComparison.Compare(typed, actual, expected),
    };

    private bool AnyIs(string truth, AccessRequest request)
    {
        foreach (var value in _values)
        {
            if (string.Equals(value.Text(request), truth, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The six parts of an ARN are compared one by one, so that a wildcard never reaches over a colon before the resource.</summary>
    private static bool MatchesArn(PolicyPattern[] expected, ReadOnlySpan<char> actual, AccessRequest request)
    {
        for (var part = 0; part < expected.Length; part++)
        {
            var colon = part == 5 ? -1 : actual.IndexOf(':');
            if ((part < 5 && colon < 0) || !expected[part].Matches(colon < 0 ? actual : actual[..colon], request))
            {
                return false;
            }

            actual = colon < 0 ? [] : actual[(colon + 1)..];
        }

        return true;
    }

    private static PolicyPattern[] CompileArn(string value, bool variables)
    {
        var parts = new List<string>(6);
        var start = 0;
        var depth = 0;
        for (var at = 0; at < value.Length && parts.Count < 5; at++)
        {
            depth += value[at] == '{' ? 1 : value[at] == '}' ? -1 : 0;
            if (value[at] == ':' && depth == 0)
            {
                parts.Add(value[start..at]);
                start = at + 1;
            }
        }

        parts.Add(value[start..]);
        var whole = parts.Count == 6 ? parts : [value, "", "", "", "", ""];
        return [.. whole.Select(p => PolicyPattern.Compile(p, true, variables))];
    }
}
