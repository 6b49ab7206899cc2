using Petrel.Aws.Sts;
using Petrel.Server.Security;
using Petrel.Server.Services.Sts.Model;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Sts.Api;

/// <summary>What a new session is to be.</summary>
internal sealed record SessionOrder
{
    public required string Account { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>The unique id of the role or user; null for a role that nobody made, and for the account itself.</summary>
    public string? IssuerId { get; init; }

    public IReadOnlyList<string>? Policies { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public string? InstanceId { get; init; }
}

/// <summary>Makes temporary credentials; nothing is stored.</summary>
internal sealed class SessionIssuer(SessionTokens tokens, IIdSource ids, TimeProvider time)
{
    public StsCredentials IssueForRole(SessionOrder order, string role, string sessionName) => Issue(
        order,
        PrincipalKind.AssumedRole,
        $"arn:aws:sts::{order.Account}:assumed-role/{role}/{sessionName}",
        $"{order.IssuerId ?? $"AROA{order.Account}"}:{sessionName}",
        role);

    /// <summary>The same identity as the caller's, for a while.</summary>
    public StsCredentials IssueForCaller(SessionOrder order, Principal caller) => Issue(order, caller.Kind, caller.Arn, caller.PrincipalId, null);

    private StsCredentials Issue(SessionOrder order, PrincipalKind kind, string arn, string principalId, string? role)
    {
        var now = time.GetUtcNow();
        var expiration = DateTimeOffset.FromUnixTimeSeconds((now + order.Duration).ToUnixTimeSeconds());
        var claims = new SessionClaims
        {
            AccessKeyId = AccessKeyIds.NewKeyId("ASIA", order.Account, ids),
            Secret = AccessKeyIds.NewSecret(ids),
            Kind = kind,
            Account = order.Account,
            Arn = arn,
            PrincipalId = principalId,
            Role = role,
            IssuerId = order.IssuerId,
            IssuedAtSeconds = now.ToUnixTimeSeconds(),
            ExpiresAtSeconds = expiration.ToUnixTimeSeconds(),
            Policies = order.Policies,
            Tags = order.Tags,
            InstanceId = order.InstanceId,
        };
        return new StsCredentials(claims.AccessKeyId, claims.Secret, tokens.Seal(claims), expiration);
    }
}
