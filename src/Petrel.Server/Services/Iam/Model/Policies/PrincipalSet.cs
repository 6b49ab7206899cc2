using Petrel.Wire;

namespace Petrel.Server.Services.Iam.Model.Policies;

/// <summary>How closely a principal element names a caller; it decides whether the caller's own policies are asked too.</summary>
[Flags]
internal enum PrincipalMatch
{
    None = 0,

    /// <summary>The caller's account: it may share the right out, so the caller's identity policies must allow it as well.</summary>
    Account = 1,

    /// <summary>The role behind the session.</summary>
    Role = 2,

    /// <summary>The user, the session, the service, or everyone.</summary>
    Direct = 4,
}

/// <summary>The principals of a statement of a resource's policy.</summary>
internal sealed class PrincipalSet
{
    private readonly bool _everyone;
    private readonly string[] _aws;
    private readonly string[] _services;
    private readonly string[] _federated;

    public PrincipalSet(bool everyone, IEnumerable<string> aws, IEnumerable<string> services, IEnumerable<string> federated)
    {
        _everyone = everyone;
        _aws = [.. aws];
        _services = [.. services];
        _federated = [.. federated];
    }

    public static readonly PrincipalSet Everyone = new(true, [], [], []);

    public PrincipalMatch Match(AccessRequest request)
    {
        if (_everyone)
        {
            return PrincipalMatch.Direct;
        }

        var principal = request.Principal;
        return principal.Kind switch
        {
            PrincipalKind.Anonymous => PrincipalMatch.None,
            PrincipalKind.Service => Contains(_services, principal.ServiceName),
            _ => MatchAws(principal, request.IdentityArn) | Contains(_federated, principal.Arn),
        };
    }

    private PrincipalMatch MatchAws(Principal principal, string? identityArn)
    {
        var match = PrincipalMatch.None;
        foreach (var name in _aws)
        {
            if (name == principal.Arn)
            {
                match |= principal.Kind == PrincipalKind.Root ? PrincipalMatch.Account : PrincipalMatch.Direct;
            }
            else if (name == identityArn)
            {
                match |= principal.Kind == PrincipalKind.AssumedRole ? PrincipalMatch.Role : PrincipalMatch.Direct;
            }
            else if (IsAccount(name, principal.Account))
            {
                match |= PrincipalMatch.Account;
            }
        }

        return match;
    }

    private static PrincipalMatch Contains(string[] names, string? name) =>
        name is not null && Array.IndexOf(names, name) >= 0 ? PrincipalMatch.Direct : PrincipalMatch.None;

    /// <summary>An account is written as its number, or as its root's ARN.</summary>
    private static bool IsAccount(string name, string account) => name.Length == 12
        ? name == account
        : name.EndsWith(":root", StringComparison.Ordinal)
            && name.StartsWith("arn:aws:iam::", StringComparison.Ordinal)
            && name.AsSpan(13, name.Length - 18).SequenceEqual(account);
}
