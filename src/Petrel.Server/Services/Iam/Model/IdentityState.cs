namespace Petrel.Server.Services.Iam.Model;

/// <summary>What roles and users have in common. Immutable: a change makes a new one.</summary>
internal abstract record IdentityState
{
    /// <summary><c>AROA…</c> or <c>AIDA…</c>.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Begins and ends with a slash.</summary>
    public required string Path { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string? BoundaryArn { get; init; }

    public SortedDictionary<string, string> InlinePolicies { get; init; } = new(StringComparer.Ordinal);

    /// <summary>ARNs of managed policies, in the order of attachment.</summary>
    public List<string> AttachedArns { get; init; } = [];

    public SortedDictionary<string, string> Tags { get; init; } = new(StringComparer.Ordinal);

    public abstract string Arn(string account);
}

internal sealed record RoleState : IdentityState
{
    public required string TrustPolicy { get; init; }

    public string? Description { get; init; }

    public int MaxSessionSeconds { get; init; } = 3_600;

    public override string Arn(string account) => $"arn:aws:iam::{account}:role{Path}{Name}";
}

internal sealed record UserState : IdentityState
{
    public List<string> AccessKeyIds { get; init; } = [];

    public override string Arn(string account) => $"arn:aws:iam::{account}:user{Path}{Name}";
}

/// <param name="SealedSecret">Sealed with the key outside the database.</param>
internal sealed record AccessKeyState(
    string AccessKeyId,
    string Account,
    string UserName,
    byte[] SealedSecret,
    bool Active,
    DateTimeOffset CreatedAt);

/// <summary>A policy that stands by itself and is attached to many.</summary>
internal sealed record ManagedPolicyState
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Path { get; init; }

    public string? Description { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required int DefaultVersion { get; init; }

    /// <summary>Numbers are never given twice.</summary>
    public required int NextVersion { get; init; }

    public required List<PolicyVersionState> Versions { get; init; }

    public SortedDictionary<string, string> Tags { get; init; } = new(StringComparer.Ordinal);

    public string Arn(string account) => $"arn:aws:iam::{account}:policy{Path}{Name}";

    public string DefaultDocument => Versions.First(v => v.Number == DefaultVersion).Document;
}

internal sealed record PolicyVersionState(int Number, string Document, DateTimeOffset CreatedAt);
