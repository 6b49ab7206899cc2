using Petrel.Server.Edge;
using Petrel.Server.Services.Iam.Model;
using Petrel.Server.Services.Iam.Model.Policies;
using Petrel.Wire;

namespace Petrel.Server.Services.Iam.Api;

/// <summary>Step 6 of a request: collects the policies that bear on it and lets the evaluator decide.</summary>
internal sealed class IamAuthorizer(IdentityDirectory identities, PolicyCache policies, TimeProvider time) : IAuthorizer
{
    private static readonly Dictionary<string, string> NoTags = [];

    public ValueTask AuthorizeAsync(AccessCheck check, CallContext call)
    {
        var caller = call.Caller;
        return caller.Kind switch
        {
            // The account itself, in its own account, without a policy that could deny it: the common case of a developer's machine.
            PrincipalKind.Root when check.ResourcePolicy is null && ResourceAccount(check, call) == caller.Account => ValueTask.CompletedTask,
            PrincipalKind.User or PrincipalKind.AssumedRole => AuthorizeIdentityAsync(check, call),
            _ => Conclude(Decide(check, call, null, ResourcePolicy(check))),
        };
    }

    /// <summary>The decision with a policy of the resource that is compiled already: a role's trust policy.</summary>
    public async ValueTask<(Verdict Verdict, AccessRequest Request)> DecideAsync(AccessCheck check, CallContext call, Policy? resource)
    {
        var caller = call.Caller;
        var known = caller.Kind switch
        {
            PrincipalKind.User => await identities.FindUserAsync(caller.Account, NameOf(caller.Arn)),
            PrincipalKind.AssumedRole => await identities.FindRoleAsync(caller.Account, caller.Role!),
            _ => null,
        };

        // A role that was deleted and made anew is another one: its old sessions have no rights.
        var issuer = caller.Session?.IssuerId;
        if (known is not null && issuer is not null && known.State.Id != issuer)
        {
            known = null;
        }

        if (known is null && caller.Kind == PrincipalKind.AssumedRole && issuer is null && await identities.AcceptsUnknownRolesAsync(caller.Account))
        {
            return Decide(check, call with { Caller = caller with { Kind = PrincipalKind.Root } }, null, resource);
        }

        return Decide(check, call, known?.Identity, resource);
    }

    private async ValueTask AuthorizeIdentityAsync(AccessCheck check, CallContext call)
    {
        await Conclude(await DecideAsync(check, call, ResourcePolicy(check)));
    }

    private Policy? ResourcePolicy(AccessCheck check) =>
        check.ResourcePolicy is { } json ? policies.Get(json, PolicyKind.Resource) : null;

    private (Verdict Verdict, AccessRequest Request) Decide(AccessCheck check, CallContext call, Identity? identity, Policy? resource)
    {
        var caller = call.Caller;
        var request = new AccessRequest
        {
            Principal = caller,
            Action = check.Action,
            Resource = check.Resource,
            ResourceAccount = ResourceAccount(check, call),
            Now = time.GetUtcNow(),
            Region = call.Region,
            SourceIp = call.SourceIp,
            UserAgent = call.UserAgent,
            SecureTransport = call.Endpoint.Scheme == Uri.UriSchemeHttps,
            IdentityArn = identity?.Arn,
            PrincipalTags = Merge(identity?.Tags, caller.Session?.Tags),
            Context = check.Context,
            MultiContext = check.MultiContext,
        };
        return (PolicyEvaluator.Decide(request, identity, SessionPolicies(caller.Session), resource), request);
    }

    private IReadOnlyList<Policy>? SessionPolicies(PrincipalSession? session)
    {
        if (session?.Policies is not { } documents)
        {
            return null;
        }

        var compiled = new Policy[documents.Count];
        for (var i = 0; i < compiled.Length; i++)
        {
            compiled[i] = policies.Get(documents[i], PolicyKind.Identity);
        }

        return compiled;
    }

    private static ValueTask Conclude((Verdict Verdict, AccessRequest Request) decision) => decision.Verdict == Verdict.Allowed
        ? ValueTask.CompletedTask
        : ValueTask.FromException(CommonException.AccessDenied(AccessDenial.Describe(decision.Verdict, decision.Request)));

    /// <summary>The account in the ARN; <c>*</c> and what AWS manages have none and are as the calling account's own.</summary>
    private static string ResourceAccount(AccessCheck check, CallContext call)
    {
        if (check.ResourceAccount is { } owner)
        {
            return owner;
        }

        var arn = check.Resource.AsSpan();
        for (var colon = 0; colon < 4; colon++)
        {
            var at = arn.IndexOf(':');
            if (at < 0)
            {
                return call.Account;
            }

            arn = arn[(at + 1)..];
        }

        var end = arn.IndexOf(':');
        var account = end < 0 ? default : arn[..end];
        return account.IsEmpty || account.SequenceEqual(call.Account) || account is "aws" ? call.Account : account.ToString();
    }

    private static IReadOnlyDictionary<string, string>? Merge(
        IReadOnlyDictionary<string, string>? identity,
        IReadOnlyDictionary<string, string>? session)
    {
        if (session is null || session.Count == 0)
        {
            return identity;
        }

        // A session's tag stands for the role's tag of the same key.
        var merged = new Dictionary<string, string>(identity ?? NoTags, StringComparer.Ordinal);
        foreach (var (key, value) in session)
        {
            merged[key] = value;
        }

        return merged;
    }

    private static string NameOf(string arn) => arn[(arn.LastIndexOf('/') + 1)..];
}
