using Petrel.Aws.Iam;
using Petrel.Aws.Sts;
using Petrel.Server.Security;
using Petrel.Wire;

namespace Petrel.Server.Services.Sts.Api;

/// <summary>The operations of STS.</summary>
internal sealed class StsService(SessionIssuer issuer, IRoleCheck roles, IAccessKeys identities) : ISts
{
    private const int DefaultRoleSeconds = 3_600;
    private const int DefaultSessionSeconds = 43_200;

    /// <summary>Chained sessions and those of the account itself live an hour at most.</summary>
    private const int MaxChainedSeconds = 3_600;

    /// <summary>Characters of a session's policy.</summary>
    private const int MaxPolicyChars = 2_048;

    public Task<GetCallerIdentityResult> GetCallerIdentity(GetCallerIdentityRequest request, CallContext call) =>
        Task.FromResult(new GetCallerIdentityResult(call.Caller.PrincipalId, call.Caller.Account, call.Caller.Arn));

    public async Task<AssumeRoleResult> AssumeRole(AssumeRoleRequest request, CallContext call)
    {
        CheckUnsupported(request);
        var tags = ReadTags(request.Tags);
        var assumption = new RoleAssumption(request.RoleArn, request.RoleSessionName, request.ExternalId, request.SourceIdentity, tags);
        var role = await roles.AuthorizeAssumeAsync(assumption, call);
        var policies = await ReadPoliciesAsync(request, role.Account);
        var order = new SessionOrder
        {
            Account = role.Account,
            Duration = TimeSpan.FromSeconds(RoleSeconds(request.DurationSeconds, role, call)),
            IssuerId = role.RoleId,
            Policies = policies,
            Tags = tags,
            InstanceId = call.Caller.Session?.InstanceId,
        };
        var credentials = issuer.IssueForRole(order, role.Name, request.RoleSessionName);
        var user = new AssumedRoleUser(
            $"{role.RoleId ?? $"AROA{role.Account}"}:{request.RoleSessionName}",
            $"arn:aws:sts::{role.Account}:assumed-role/{role.Name}/{request.RoleSessionName}");
        return new AssumeRoleResult(credentials, user, PackedSize(policies), request.SourceIdentity);
    }

    public Task<GetSessionTokenResult> GetSessionToken(GetSessionTokenRequest request, CallContext call)
    {
        if (request.SerialNumber is not null || request.TokenCode is not null)
        {
            throw CommonException.NotImplemented("sts", "GetSessionToken with an MFA device");
        }

        var caller = call.Caller;
        if (caller.Session is not null || caller.Kind is not (PrincipalKind.User or PrincipalKind.Root))
        {
            throw CommonException.AccessDenied("Cannot call GetSessionToken with session credentials");
        }

        var longest = caller.Kind == PrincipalKind.Root ? MaxChainedSeconds : int.MaxValue;
        var order = new SessionOrder
        {
            Account = caller.Account,
            Duration = TimeSpan.FromSeconds(Math.Min(request.DurationSeconds ?? DefaultSessionSeconds, longest)),
            IssuerId = caller.Kind == PrincipalKind.User ? caller.PrincipalId : null,
        };
        return Task.FromResult(new GetSessionTokenResult(issuer.IssueForCaller(order, caller)));
    }

    public Task<GetAccessKeyInfoResult> GetAccessKeyInfo(GetAccessKeyInfoRequest request, CallContext call) => Task.FromResult(
        new GetAccessKeyInfoResult(AccessKeyIds.AccountOf(request.AccessKeyId) ?? throw Invalid("Invalid Access Key ID", "InvalidParameterValue")));

    private static void CheckUnsupported(AssumeRoleRequest request)
    {
        if (request.SerialNumber is not null || request.TokenCode is not null)
        {
            throw CommonException.NotImplemented("sts", "AssumeRole with an MFA device");
        }

        if (request.TransitiveTagKeys is { Count: > 0 })
        {
            throw CommonException.NotImplemented("sts", "AssumeRole with TransitiveTagKeys");
        }

        if (request.ProvidedContexts is { Count: > 0 })
        {
            throw CommonException.NotImplemented("sts", "AssumeRole with ProvidedContexts");
        }
    }

    private static int RoleSeconds(int? asked, AssumableRole role, CallContext call)
    {
        var seconds = asked ?? DefaultRoleSeconds;
        if (seconds > role.MaxSessionSeconds)
        {
            throw Invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        }

        return call.Caller.Kind == PrincipalKind.AssumedRole && seconds > MaxChainedSeconds
            ? throw Invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
            : seconds;
    }

    private static Dictionary<string, string>? ReadTags(IReadOnlyList<StsTag>? tags)
    {
        if (tags is not { Count: > 0 })
        {
            return null;
        }

        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            if (!read.TryAdd(tag.Key, tag.Value))
            {
                throw Invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.", "InvalidParameterValue");
            }
        }

        return read;
    }

    private async Task<IReadOnlyList<string>?> ReadPoliciesAsync(AssumeRoleRequest request, string account)
    {
        var policies = new List<string>();
        if (request.Policy is { } inline)
        {
            if (inline.Length > MaxPolicyChars)
            {
                throw Invalid("The session policy is larger than 2048 characters.", "PackedPolicyTooLarge");
            }

            identities.CheckSessionPolicy(inline);
            policies.Add(inline);
        }

        foreach (var arn in request.PolicyArns?.Select(p => p.Arn).OfType<string>() ?? [])
        {
            policies.Add(await identities.FindManagedDocumentAsync(arn, account)
                ?? throw Invalid($"Policy arn {arn} does not exist or is not attachable."));
        }

        return policies.Count == 0 ? null : policies;
    }

    /// <summary>The share of the room for policies that is used, in per cent.</summary>
    private static int? PackedSize(IReadOnlyList<string>? policies) => policies is null
        ? null
        : Math.Clamp(policies.Sum(p => p.Length) * 100 / MaxPolicyChars, 1, 100);

    private static StsException Invalid(string message, string code = "ValidationError") => new(code, message);
}
