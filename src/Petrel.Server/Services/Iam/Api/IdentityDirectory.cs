using System.Collections.Concurrent;
using Petrel.Server.Security;
using Petrel.Server.Services.Iam.Model;
using Petrel.Server.Services.Iam.Model.Policies;
using Petrel.Server.Services.Iam.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Iam.Api;

/// <summary>A role or user as decisions need it: its policies compiled.</summary>
internal sealed record KnownIdentity(IdentityState State, Identity Identity, Policy? Trust);

/// <summary>
/// Roles and users for decisions, kept in memory. A change through this node is seen at once, one through another node by its signal,
/// and by the age limit if that was lost.
/// </summary>
internal sealed class IdentityDirectory : IDisposable
{
    /// <summary>How long a lost signal can hide a change; IAM's own propagation takes about as long.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private const int MaxEntries = 10_000;

    private readonly IamStore _store;
    private readonly PolicyCache _policies;
    private readonly InstallationKeys _keys;
    private readonly TimeProvider _time;
    private readonly IDisposable _subscription;
    private readonly ConcurrentDictionary<(string Account, string Name, bool Role), Entry<KnownIdentity?>> _identities = new();
    private readonly ConcurrentDictionary<string, Entry<bool>> _accountsWithKeys = new(StringComparer.Ordinal);
    private long _generation;

    public IdentityDirectory(IamStore store, PolicyCache policies, InstallationKeys keys, TimeProvider time)
    {
        (_store, _policies, _keys, _time) = (store, policies, keys, time);
        _subscription = store.OnChanged(Forget);
    }

    /// <summary>Null when the account has no such role.</summary>
    public ValueTask<KnownIdentity?> FindRoleAsync(string account, string name) => FindAsync(account, name, role: true);

    public ValueTask<KnownIdentity?> FindUserAsync(string account, string name) => FindAsync(account, name, role: false);

    /// <summary>
    /// While only the loopback root key exists, a role that nobody made is accepted, with full rights in its account: what runs against
    /// local clouds names roles freely. Once anybody has a key of their own, that would be a way around their policies.
    /// </summary>
    public async ValueTask<bool> AcceptsUnknownRolesAsync(string account)
    {
        if (_keys.Generated)
        {
            return false;
        }

        if (_accountsWithKeys.TryGetValue(account, out var entry) && IsFresh(entry.LoadedAt))
        {
            return !entry.Value;
        }

        var generation = Volatile.Read(ref _generation);
        var hasKeys = await _store.ReadAsync(tx => IamStore.HasAccessKeysAsync(tx, account));
        Keep(_accountsWithKeys, account, hasKeys, generation);
        return !hasKeys;
    }

    /// <summary>Called after each change, before it is answered.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref _generation);
        _identities.Clear();
        _accountsWithKeys.Clear();
    }

    public void Dispose() => _subscription.Dispose();

    private ValueTask<KnownIdentity?> FindAsync(string account, string name, bool role) =>
        _identities.TryGetValue((account, name, role), out var entry) && IsFresh(entry.LoadedAt)
            ? ValueTask.FromResult(entry.Value)
            : LoadAsync(account, name, role);

    private async ValueTask<KnownIdentity?> LoadAsync(string account, string name, bool role)
    {
        var generation = Volatile.Read(ref _generation);
        var known = await _store.ReadAsync(async tx =>
        {
            IdentityState? state = role ? await IamStore.FindRoleAsync(tx, account, name) : await IamStore.FindUserAsync(tx, account, name);
            return state is null ? null : await CompileAsync(tx, account, state);
        });
        Keep(_identities, (account, name, role), known, generation);
        return known;
    }

    private async ValueTask<KnownIdentity> CompileAsync(IReadTransaction tx, string account, IdentityState state)
    {
        var policies = state.InlinePolicies.Values.Select(json => _policies.Get(json, PolicyKind.Identity)).ToList();
        foreach (var arn in state.AttachedArns)
        {
            if (await FindDocumentAsync(tx, account, arn) is { } json)
            {
                policies.Add(_policies.Get(json, PolicyKind.Identity));
            }
        }

        var boundary = state.BoundaryArn is null ? null : await FindDocumentAsync(tx, account, state.BoundaryArn);
        var identity = new Identity(
            state.Arn(account),
            policies,
            boundary is null ? null : _policies.Get(boundary, PolicyKind.Identity),
            state.Tags);
        return new KnownIdentity(state, identity, state is RoleState role ? _policies.Get(role.TrustPolicy, PolicyKind.Trust) : null);
    }

    private static async ValueTask<string?> FindDocumentAsync(IReadTransaction tx, string account, string policyArn)
    {
        if (ManagedPolicies.Find(policyArn) is { } managed)
        {
            return managed.Document;
        }

        var own = $"arn:aws:iam::{account}:policy";
        return policyArn.StartsWith(own, StringComparison.Ordinal)
            && await IamStore.FindPolicyAsync(tx, account, policyArn[own.Length..]) is { } policy
            ? policy.DefaultDocument
            : null;
    }

    /// <summary>What was read before a change is not kept after it.</summary>
    private void Keep<TKey, TValue>(ConcurrentDictionary<TKey, Entry<TValue>> cache, TKey key, TValue value, long generation)
        where TKey : notnull
    {
        if (cache.Count >= MaxEntries)
        {
            cache.Clear();
        }

        cache[key] = new Entry<TValue>(value, _time.GetTimestamp());
        if (Volatile.Read(ref _generation) != generation)
        {
            cache.TryRemove(key, out _);
        }
    }

    private bool IsFresh(long loadedAt) => _time.GetElapsedTime(loadedAt) < MaxAge;

    private readonly record struct Entry<T>(T Value, long LoadedAt);
}
