using Petrel.Wire;

namespace Petrel.Aws.Iam;

/// <summary>What other services ask of roles, in process.</summary>
public interface IRoleCheck
{
    /// <summary>Whether a service of the platform may act in a role: it exists, and its trust policy names the service.</summary>
    /// <param name="service"><c>lambda.amazonaws.com</c>.</param>
    ValueTask<RoleStanding> CheckServiceAsync(string roleArn, string service, CancellationToken cancellationToken = default);

    /// <summary>The same, with the role itself; null when there is none to act in.</summary>
    ValueTask<(AssumableRole? Role, RoleStanding Standing)> FindForServiceAsync(
        string roleArn,
        string service,
        CancellationToken cancellationToken = default);

    /// <summary>The role that the caller wants to assume, after its trust policy and the caller's own policies allowed it.</summary>
    /// <exception cref="CommonException">Access denied; that the role does not exist is not told.</exception>
    ValueTask<AssumableRole> AuthorizeAssumeAsync(RoleAssumption assumption, CallContext call);
}

/// <summary>How a role stands to a service that wants to act in it.</summary>
public enum RoleStanding
{
    Assumable,

    /// <summary>Nobody made it; while only the loopback root key exists it is accepted, with full rights in its account.</summary>
    AcceptedUnknown,
    NotFound,

    /// <summary>It is there, and its trust policy does not name the service.</summary>
    NotTrusted,
}

/// <param name="ExternalId">The condition key <c>sts:ExternalId</c>.</param>
public sealed record RoleAssumption(
    string RoleArn,
    string SessionName,
    string? ExternalId = null,
    string? SourceIdentity = null,
    IReadOnlyDictionary<string, string>? Tags = null);

/// <param name="RoleId">Null for a role that nobody made and that is accepted nevertheless.</param>
public sealed record AssumableRole(string Account, string Name, string? RoleId, int MaxSessionSeconds);

/// <summary>Keys of users, for verifying signatures.</summary>
public interface IAccessKeys
{
    /// <summary>Null for a key that does not exist or is inactive.</summary>
    ValueTask<AccessKeyOwner?> FindAsync(string accessKeyId, CancellationToken cancellationToken = default);

    /// <summary>Throws MalformedPolicyDocument unless the text is a policy that may limit a session.</summary>
    void CheckSessionPolicy(string document);

    /// <summary>The documents of managed policies, for session policies given by ARN; null where there is none.</summary>
    ValueTask<string?> FindManagedDocumentAsync(string policyArn, string account, CancellationToken cancellationToken = default);
}

/// <summary>A user and the secret of one of its keys.</summary>
public sealed record AccessKeyOwner(string Account, string UserArn, string UserId, string Secret);
