using Petrel.Server.Services.Iam.Model;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Services.Iam.Store;

/// <summary>
/// The keys of IAM, all below the account. Names are unique without regard to case, so keys carry them in lower case; a role or user is
/// one value with its inline policies, whose size IAM limits.
/// </summary>
internal sealed class IamStore(IStore store)
{
    /// <summary>Signalled with each change, so that caches of other nodes forget.</summary>
    public const string ChangedTopic = "iam";

    private static readonly Subspace Roles = new("iam", "role");
    private static readonly Subspace Users = new("iam", "user");
    private static readonly Subspace Policies = new("iam", "policy");
    private static readonly Subspace AccessKeys = new("iam", "access-key");
    private static readonly Subspace AccountKeys = new("iam", "account-key");

    /// <summary>How many identities a policy is attached to (<c>attached</c>) or bounds (<c>boundary</c>).</summary>
    private static readonly Subspace Usage = new("iam", "usage");

    public ValueTask<T> ReadAsync<T>(Func<IReadTransaction, ValueTask<T>> read, CancellationToken cancellationToken = default) =>
        store.ReadAsync(read, cancellationToken);

    public ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, ValueTask<T>> write, CancellationToken cancellationToken = default) =>
        store.WriteAsync(
            async tx =>
            {
                var result = await write(tx);
                tx.Signal(ChangedTopic);
                return result;
            },
            cancellationToken);

    public IDisposable OnChanged(Action forget) => store.Subscribe(ChangedTopic, forget);

    public static ValueTask<RoleState?> FindRoleAsync(IReadTransaction tx, string account, string name) =>
        GetAsync<RoleState>(tx, Roles.Key(account, Fold(name)));

    public static ValueTask<UserState?> FindUserAsync(IReadTransaction tx, string account, string name) =>
        GetAsync<UserState>(tx, Users.Key(account, Fold(name)));

    /// <param name="pathAndName"><c>/team/name</c>, what stands in the ARN behind <c>policy</c>.</param>
    public static ValueTask<ManagedPolicyState?> FindPolicyAsync(IReadTransaction tx, string account, string pathAndName) =>
        GetAsync<ManagedPolicyState>(tx, Policies.Key(account, Fold(NameOf(pathAndName))));

    public static ValueTask<AccessKeyState?> FindAccessKeyAsync(IReadTransaction tx, string accessKeyId) =>
        GetAsync<AccessKeyState>(tx, AccessKeys.Key(accessKeyId));

    public static void Put(IWriteTransaction tx, string account, IdentityState identity)
    {
        if (identity is RoleState role)
        {
            tx.Put(Roles.Key(account, Fold(role.Name)), StateJson.Write(role));
        }
        else if (identity is UserState user)
        {
            tx.Put(Users.Key(account, Fold(user.Name)), StateJson.Write(user));
        }
    }

    public static void Delete(IWriteTransaction tx, string account, IdentityState identity) =>
        tx.Delete((identity is RoleState ? Roles : Users).Key(account, Fold(identity.Name)));

    public static void Put(IWriteTransaction tx, string account, ManagedPolicyState policy) =>
        tx.Put(Policies.Key(account, Fold(policy.Name)), StateJson.Write(policy));

    public static void Delete(IWriteTransaction tx, string account, ManagedPolicyState policy) =>
        tx.Delete(Policies.Key(account, Fold(policy.Name)));

    public static void Put(IWriteTransaction tx, AccessKeyState key)
    {
        tx.Put(AccessKeys.Key(key.AccessKeyId), StateJson.Write(key));
        tx.Put(AccountKeys.Key(key.Account, key.AccessKeyId), ReadOnlyMemory<byte>.Empty);
    }

    public static void Delete(IWriteTransaction tx, AccessKeyState key)
    {
        tx.Delete(AccessKeys.Key(key.AccessKeyId));
        tx.Delete(AccountKeys.Key(key.Account, key.AccessKeyId));
    }

    /// <summary>Whether anybody in the account has a key of their own.</summary>
    public static async ValueTask<bool> HasAccessKeysAsync(IReadTransaction tx, string account) =>
        (await tx.ScanAsync(AccountKeys.Range(account), 1)).Count > 0;

    public static void CountUse(IWriteTransaction tx, string account, string policyArn, PolicyUse use, int delta) =>
        tx.Add(Usage.Key(account, policyArn, Text(use)), delta);

    public static async ValueTask<int> UsesAsync(IReadTransaction tx, string account, string policyArn, PolicyUse use) =>
        (int)await tx.GetCounterAsync(Usage.Key(account, policyArn, Text(use)));

    /// <summary>Roles after <paramref name="after"/> (a name in lower case, or null), in the order of names.</summary>
    public static ValueTask<IReadOnlyList<RoleState>> ListRolesAsync(IReadTransaction tx, string account, string? after, int limit) =>
        ListAsync<RoleState>(tx, Roles, account, after, limit);

    public static ValueTask<IReadOnlyList<UserState>> ListUsersAsync(IReadTransaction tx, string account, string? after, int limit) =>
        ListAsync<UserState>(tx, Users, account, after, limit);

    public static ValueTask<IReadOnlyList<ManagedPolicyState>> ListPoliciesAsync(IReadTransaction tx, string account, string? after, int limit) =>
        ListAsync<ManagedPolicyState>(tx, Policies, account, after, limit);

    /// <summary>Names differ by more than case.</summary>
    public static string Fold(string name) => name.ToLowerInvariant();

    private static async ValueTask<IReadOnlyList<T>> ListAsync<T>(IReadTransaction tx, Subspace space, string account, string? after, int limit)
        where T : class
    {
        var range = space.Range(account);
        range = after is null ? range : range.After(space.Key(account, after));
        var found = await tx.ScanAsync(range, limit);
        return [.. found.Select(pair => StateJson.Read<T>(pair.Value))];
    }

    private static async ValueTask<T?> GetAsync<T>(IReadTransaction tx, Key key) where T : class =>
        await tx.GetAsync(key) is { } value ? StateJson.Read<T>(value) : null;

    private static string NameOf(string pathAndName) => pathAndName[(pathAndName.LastIndexOf('/') + 1)..];

    private static string Text(PolicyUse use) => use == PolicyUse.Attached ? "attached" : "boundary";
}

internal enum PolicyUse
{
    Attached,
    Boundary,
}
