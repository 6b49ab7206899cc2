using Petrel.Aws.Iam;
using Petrel.Server.Edge;
using Petrel.Server.Services.Iam.Model;
using Petrel.Server.Services.Iam.Model.Policies;
using Petrel.Wire;

namespace Petrel.Server.Services.Iam.Api;

/// <summary>Who may act in which role: trust policies, asked by the functions' service and by STS.</summary>
internal sealed class RoleCheck(IdentityDirectory identities, IamAuthorizer authorizer, TimeProvider time) : IRoleCheck
{
    private const string AssumeRole = "sts:AssumeRole";

    /// <summary>Roles that nobody made have the longest session.</summary>
    private const int MaxSessionSeconds = 43_200;

    public async ValueTask<RoleStanding> CheckServiceAsync(string roleArn, string service, CancellationToken cancellationToken = default) =>
        (await FindForServiceAsync(roleArn, service, cancellationToken)).Standing;

    public async ValueTask<(AssumableRole? Role, RoleStanding Standing)> FindForServiceAsync(
        string roleArn,
        string service,
        CancellationToken cancellationToken = default)
    {
        if (RoleArn.TryParse(roleArn) is not { } arn)
        {
            return (null, RoleStanding.NotFound);
        }

        var known = await identities.FindRoleAsync(arn.Account, arn.Name);
        if (known is null || known.Identity.Arn != roleArn)
        {
            return known is null && await identities.AcceptsUnknownRolesAsync(arn.Account)
                ? (new AssumableRole(arn.Account, arn.Name, null, MaxSessionSeconds), RoleStanding.AcceptedUnknown)
                : (null, RoleStanding.NotFound);
        }

        var request = new AccessRequest
        {
            Principal = new Principal(PrincipalKind.Service, arn.Account, service, service, ServiceName: service),
            Action = AssumeRole,
            Resource = known.Identity.Arn,
            ResourceAccount = arn.Account,
            Now = time.GetUtcNow(),
        };
        var trusted = PolicyEvaluator.Decide(request, null, null, known.Trust) == Verdict.Allowed;
        var role = (RoleState)known.State;
        return (new AssumableRole(arn.Account, role.Name, role.Id, role.MaxSessionSeconds), trusted ? RoleStanding.Assumable : RoleStanding.NotTrusted);
    }

    public async ValueTask<AssumableRole> AuthorizeAssumeAsync(RoleAssumption assumption, CallContext call)
    {
        var arn = RoleArn.TryParse(assumption.RoleArn) ?? throw Denied(assumption.RoleArn, call);
        var known = await identities.FindRoleAsync(arn.Account, arn.Name);
        if (known is null)
        {
            var accepted = call.Caller.Kind == PrincipalKind.Root
                && call.Caller.Account == arn.Account
                && await identities.AcceptsUnknownRolesAsync(arn.Account);
            return accepted ? new AssumableRole(arn.Account, arn.Name, null, MaxSessionSeconds) : throw Denied(assumption.RoleArn, call);
        }

        var role = (RoleState)known.State;
        if (known.Identity.Arn != assumption.RoleArn)
        {
            throw Denied(assumption.RoleArn, call);
        }

        // A role always has a trust policy, and without its word nobody acts in the role: not even the account that owns it.
        var check = new AccessCheck(AssumeRole, assumption.RoleArn, Context: ContextOf(assumption));
        var (verdict, request) = await authorizer.DecideAsync(check, call, known.Trust);
        if (verdict != Verdict.Allowed || known.Trust!.Evaluate(request, out _) != Effect.Allow)
        {
            throw Denied(assumption.RoleArn, call);
        }

        return new AssumableRole(arn.Account, role.Name, role.Id, role.MaxSessionSeconds);
    }

    private static Dictionary<string, string> ContextOf(RoleAssumption assumption)
    {
        var context = new Dictionary<string, string>(StringComparer.Ordinal) { ["sts:RoleSessionName"] = assumption.SessionName };
        if (assumption.ExternalId is { } externalId)
        {
            context["sts:ExternalId"] = externalId;
        }

        if (assumption.SourceIdentity is { } source)
        {
            context["sts:SourceIdentity"] = source;
        }

        foreach (var (key, value) in assumption.Tags ?? new Dictionary<string, string>())
        {
            context[$"aws:RequestTag/{key}"] = value;
        }

        return context;
    }

    /// <summary>The same message whether the role is missing or does not trust the caller.</summary>
    private static CommonException Denied(string roleArn, CallContext call) => CommonException.AccessDenied(
        $"User: {call.Caller.Arn} is not authorized to perform: {AssumeRole} on resource: {roleArn}");
}

/// <summary>A role's ARN, taken apart.</summary>
internal readonly record struct RoleArn(string Account, string Name)
{
    /// <summary>Null for a text that is no role's ARN.</summary>
    public static RoleArn? TryParse(string arn) =>
        arn.Split(':', 6) is ["arn", "aws", "iam", "", { Length: 12 } account, var resource]
            && resource.StartsWith("role/", StringComparison.Ordinal)
            && resource[(resource.LastIndexOf('/') + 1)..] is { Length: > 0 } name
            ? new RoleArn(account, name)
            : null;
}
