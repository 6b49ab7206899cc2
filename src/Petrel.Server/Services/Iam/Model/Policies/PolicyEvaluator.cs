using Petrel.Wire;

namespace Petrel.Server.Services.Iam.Model.Policies;

/// <summary>All that an identity brings to a decision.</summary>
/// <param name="Arn">The role behind a session, or the user.</param>
/// <param name="Policies">Inline and attached policies.</param>
/// <param name="Boundary">The permissions boundary, which limits but never grants.</param>
internal sealed record Identity(
    string Arn,
    IReadOnlyList<Policy> Policies,
    Policy? Boundary,
    IReadOnlyDictionary<string, string> Tags);

/// <summary>Why a request is allowed or not; the denials are named after the message that they give.</summary>
internal enum Verdict
{
    Allowed,
    ExplicitDenyIdentity,
    ExplicitDenyResource,
    ExplicitDenyBoundary,
    ExplicitDenySession,
    NoIdentityAllow,
    NoResourceAllow,
    NoBoundaryAllow,
    NoSessionAllow,
}

/// <summary>
/// The order of decision that the IAM user guide gives: 1 explicit denies, 2 the resource's policy, 3 identity policies, 4 the boundary,
/// 5 session policies. Within an account identity and resource policies add up; across accounts both must allow.
/// </summary>
internal static class PolicyEvaluator
{
    private static readonly Identity Nobody = new("", [], null, System.Collections.Frozen.FrozenDictionary<string, string>.Empty);

    /// <param name="identity">Null for callers without policies of their own: the account itself, services, the anonymous.</param>
    /// <param name="session">Session policies, one of which must allow as well; null when the session has none.</param>
    /// <param name="resourcePolicy">Null when the resource has none.</param>
    public static Verdict Decide(AccessRequest request, Identity? identity, IReadOnlyList<Policy>? session, Policy? resourcePolicy)
    {
        var allowed = PrincipalMatch.None;
        var byResource = resourcePolicy?.Evaluate(request, out allowed);
        if (byResource == Effect.Deny)
        {
            return Verdict.ExplicitDenyResource;
        }

        var sameAccount = request.Principal.Account == request.ResourceAccount;
        switch (request.Principal.Kind)
        {
            case PrincipalKind.Anonymous or PrincipalKind.Service:
                return byResource == Effect.Allow ? Verdict.Allowed : Verdict.NoResourceAllow;
            case PrincipalKind.Root:
                return sameAccount || byResource == Effect.Allow ? Verdict.Allowed : Verdict.NoResourceAllow;
            default:
                return DecideIdentity(request, identity ?? Nobody, session, sameAccount ? allowed : null, byResource == Effect.Allow);
        }
    }

    /// <param name="granted">How the resource's policy names the caller in the same account; null across accounts.</param>
    private static Verdict DecideIdentity(
        AccessRequest request,
        Identity identity,
        IReadOnlyList<Policy>? session,
        PrincipalMatch? granted,
        bool allowedByResource)
    {
        var byIdentity = EvaluateAny(identity.Policies, request);
        var byBoundary = identity.Boundary?.Evaluate(request);
        var bySession = session is null ? null : EvaluateAny(session, request);
        var denied = byIdentity == Effect.Deny ? Verdict.ExplicitDenyIdentity
            : byBoundary == Effect.Deny ? Verdict.ExplicitDenyBoundary
            : bySession == Effect.Deny ? Verdict.ExplicitDenySession
            : Verdict.Allowed;
        if (denied != Verdict.Allowed)
        {
            return denied;
        }

        if (granted is null && !allowedByResource)
        {
            return byIdentity == Effect.Allow ? Verdict.NoResourceAllow : Verdict.NoIdentityAllow;
        }

        // A policy that names the user or the session itself is not limited by the implicit denies of boundary and session.
        var grant = granted ?? PrincipalMatch.None;
        if ((grant & PrincipalMatch.Direct) != PrincipalMatch.None)
        {
            return Verdict.Allowed;
        }

        if (byIdentity != Effect.Allow && (grant & PrincipalMatch.Role) == PrincipalMatch.None)
        {
            return Verdict.NoIdentityAllow;
        }

        return identity.Boundary is not null && byBoundary != Effect.Allow ? Verdict.NoBoundaryAllow
            : session is not null && bySession != Effect.Allow ? Verdict.NoSessionAllow
            : Verdict.Allowed;
    }

    private static Effect? EvaluateAny(IReadOnlyList<Policy> policies, AccessRequest request)
    {
        Effect? result = null;
        for (var i = 0; i < policies.Count; i++)
        {
            var effect = policies[i].Evaluate(request);
            if (effect == Effect.Deny)
            {
                return effect;
            }

            result ??= effect;
        }

        return result;
    }
}
