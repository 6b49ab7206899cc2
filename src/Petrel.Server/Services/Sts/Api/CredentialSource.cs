using System.Collections.Concurrent;
using Petrel.Aws.Iam;
using Petrel.Server.Edge;
using Petrel.Server.Services.Sts.Model;
using Petrel.Wire;

namespace Petrel.Server.Services.Sts.Api;

/// <summary>
/// Finds the secret of a key for step 3: a session's in its sealed token, a user's in the store. A sandbox is heard only with the
/// credentials that its own instance was given.
/// </summary>
internal sealed class CredentialSource(SessionTokens tokens, IAccessKeys users, TimeProvider time) : ICredentialSource
{
    private const int MaxSessions = 4_096;

    private readonly ConcurrentDictionary<string, SessionClaims> _sessions = new(StringComparer.Ordinal);

    public ValueTask<SigningCredential?> FindAsync(
        string accessKeyId,
        string? sessionToken,
        RequestOrigin origin,
        CancellationToken cancellationToken)
    {
        if (sessionToken is not null)
        {
            return ValueTask.FromResult(FindSession(accessKeyId, sessionToken, origin));
        }

        return origin.SandboxInstanceId is null ? FindUserAsync(accessKeyId, cancellationToken) : default;
    }

    private SigningCredential? FindSession(string accessKeyId, string sessionToken, RequestOrigin origin)
    {
        if (Open(sessionToken) is not { } claims || claims.AccessKeyId != accessKeyId || claims.InstanceId != origin.SandboxInstanceId)
        {
            return null;
        }

        var expired = time.GetUtcNow().ToUnixTimeSeconds() >= claims.ExpiresAtSeconds;
        return new SigningCredential(accessKeyId, claims.Secret, claims.ToPrincipal(), expired);
    }

    private SessionClaims? Open(string token)
    {
        if (_sessions.TryGetValue(token, out var known))
        {
            return known;
        }

        if (tokens.TryOpen(token) is not { } claims)
        {
            return null;
        }

        if (_sessions.Count >= MaxSessions)
        {
            _sessions.Clear();
        }

        _sessions[token] = claims;
        return claims;
    }

    private async ValueTask<SigningCredential?> FindUserAsync(string accessKeyId, CancellationToken cancellationToken) =>
        await users.FindAsync(accessKeyId, cancellationToken) is { } owner
            ? new SigningCredential(
                accessKeyId,
                owner.Secret,
                new Principal(PrincipalKind.User, owner.Account, owner.UserArn, owner.UserId, accessKeyId))
            : null;
}
