using System.Collections.Concurrent;
using Petrel.Aws.Iam;
using Petrel.Server.Edge;
using Petrel.Server.Security;
using Petrel.Server.Services.Sts.Model;
using Petrel.Wire;

namespace Petrel.Server.Services.Sts.Api;

/// <summary>
/// Finds the secret of a key for step 3: a session's in its sealed token, a user's in the store, the root's in the settings. A sandbox
/// is heard only with the credentials that its own instance was given.
/// </summary>
internal sealed class CredentialSource(SessionTokens tokens, IAccessKeys users, RootKeys roots, TimeProvider time) : ICredentialSource
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

        if (origin.SandboxInstanceId is not null)
        {
            return default;
        }

        return roots.Find(accessKeyId, origin.Loopback) is { } root
            ? ValueTask.FromResult<SigningCredential?>(new(accessKeyId, root.Secret, Principal.Root(root.Account, accessKeyId)))
            : FindUserAsync(accessKeyId, cancellationToken);
    }

    private SigningCredential? FindSession(string accessKeyId, string sessionToken, RequestOrigin origin)
    {
        if (Open(sessionToken) is not { } claims || claims.AccessKeyId != accessKeyId)
        {
            // Tools for local clouds send any token beside the loopback key; it proves nothing and changes nothing.
            return origin.SandboxInstanceId is null && roots.Find(accessKeyId, origin.Loopback) is { } root
                ? new SigningCredential(accessKeyId, root.Secret, Principal.Root(root.Account, accessKeyId))
                : null;
        }

        if (claims.InstanceId != origin.SandboxInstanceId)
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
