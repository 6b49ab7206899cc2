namespace Petrel.Server.Services.Iam.Model.Policies;

/// <summary>What a statement says about a request, when it applies.</summary>
internal enum Effect
{
    Allow,
    Deny,
}

/// <summary>A compiled policy: immutable, shared by all requests that it decides.</summary>
internal sealed class Policy(string? id, string version, Statement[] statements)
{
    public string? Id { get; } = id;

    public string Version { get; } = version;

    public IReadOnlyList<Statement> Statements => statements;

    /// <summary>What an identity's policy says: deny, allow, or nothing (null).</summary>
    public Effect? Evaluate(AccessRequest request)
    {
        Effect? result = null;
        foreach (var statement in statements)
        {
            // A deny ends the search; an allow that was already found needs no second one.
            if ((statement.Effect == Effect.Deny || result is null) && statement.Applies(request))
            {
                result = statement.Effect;
                if (result == Effect.Deny)
                {
                    return result;
                }
            }
        }

        return result;
    }

    /// <summary>What a resource's policy says, and how closely it names the caller that it allows.</summary>
    public Effect? Evaluate(AccessRequest request, out PrincipalMatch allowed)
    {
        Effect? result = null;
        allowed = PrincipalMatch.None;
        foreach (var statement in statements)
        {
            var match = statement.MatchPrincipal(request);
            if (match == PrincipalMatch.None || !statement.Applies(request))
            {
                continue;
            }

            result = statement.Effect;
            if (result == Effect.Deny)
            {
                return result;
            }

            allowed |= match;
        }

        return allowed == PrincipalMatch.None ? null : Effect.Allow;
    }
}

/// <summary>A compiled statement.</summary>
internal sealed class Statement
{
    public required Effect Effect { get; init; }

    public string? Sid { get; init; }

    /// <summary>Null in an identity's policy.</summary>
    public PrincipalSet? Principals { get; init; }

    /// <summary>Whether <see cref="Principals"/> are those that are not meant.</summary>
    public bool NotPrincipals { get; init; }

    public required PolicyPattern[] Actions { get; init; }

    public bool NotActions { get; init; }

    /// <summary>Null in a role's trust policy: the role is the resource.</summary>
    public PolicyPattern[]? Resources { get; init; }

    public bool NotResources { get; init; }

    public required Condition[] Conditions { get; init; }

    /// <summary>Whether action, resource and conditions match; the principal is asked separately.</summary>
    public bool Applies(AccessRequest request) =>
        MatchesAny(Actions, request.Action, request) != NotActions
        && (Resources is null || MatchesAny(Resources, request.Resource, request) != NotResources)
        && ConditionsHold(request);

    public PrincipalMatch MatchPrincipal(AccessRequest request)
    {
        var match = Principals?.Match(request) ?? PrincipalMatch.None;
        return !NotPrincipals ? match : match == PrincipalMatch.None ? PrincipalMatch.Direct : PrincipalMatch.None;
    }

    private static bool MatchesAny(PolicyPattern[] patterns, string value, AccessRequest request)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(value, request))
            {
                return true;
            }
        }

        return false;
    }

    private bool ConditionsHold(AccessRequest request)
    {
        foreach (var condition in Conditions)
        {
            if (!condition.Holds(request))
            {
                return false;
            }
        }

        return true;
    }
}
