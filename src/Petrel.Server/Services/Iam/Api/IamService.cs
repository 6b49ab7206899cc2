using Petrel.Aws.Iam;
using Petrel.Server.Security;
using Petrel.Server.Services.Iam.Model;
using Petrel.Server.Services.Iam.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Iam.Api;

/// <summary>The operations of IAM. What roles and users have in common stands here; the rest by noun.</summary>
internal sealed partial class IamService(IamStore store, IdentityDirectory identities, ISecretBox box, IIdSource ids, TimeProvider time) : IIam
{
    /// <summary>Entries that are read at once while a list is filtered.</summary>
    private const int ScanPage = 200;

    /// <summary>Seconds are as fine as IAM's times are.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>Writes, and forgets what decisions know before the change is answered.</summary>
    private async Task<T> WriteAsync<T>(Func<IWriteTransaction, ValueTask<T>> write, CallContext call)
    {
        var result = await store.WriteAsync(write, call.Aborted);
        identities.Forget();
        return result;
    }

    /// <summary>Reads an identity, and stores what <paramref name="change"/> makes of it.</summary>
    private Task<T> ChangeAsync<T>(string name, CallContext call, Func<T, T> change) where T : IdentityState =>
        ChangeAsync<T>(name, call, (_, state) => ValueTask.FromResult(change(state)));

    private Task<T> ChangeAsync<T>(string name, CallContext call, Func<IWriteTransaction, T, ValueTask<T>> change) where T : IdentityState => WriteAsync(
        async tx =>
        {
            var changed = await change(tx, await GetAsync<T>(tx, call.Account, name));
            IamStore.Put(tx, call.Account, changed);
            return changed;
        },
        call);

    private Task<T> ReadAsync<T>(string name, CallContext call) where T : IdentityState =>
        store.ReadAsync(tx => GetAsync<T>(tx, call.Account, name), call.Aborted).AsTask();

    private static async ValueTask<T> GetAsync<T>(IReadTransaction tx, string account, string name) where T : IdentityState
    {
        IdentityState? found = typeof(T) == typeof(RoleState)
            ? await IamStore.FindRoleAsync(tx, account, name)
            : await IamStore.FindUserAsync(tx, account, name);
        return (T?)found ?? throw IamException.NoSuchEntity($"The {KindOf<T>()} with name {name} cannot be found.");
    }

    private static string KindOf<T>() => typeof(T) == typeof(RoleState) ? "role" : "user";

    /// <summary>A page of identities below a path.</summary>
    private async Task<(List<T> Items, string? Next)> ListAsync<T>(
        Func<IReadTransaction, string?, ValueTask<IReadOnlyList<T>>> scan,
        Func<T, bool> wanted,
        Func<T, string> name,
        (string? Marker, int? MaxItems) page,
        CallContext call)
    {
        var limit = page.MaxItems ?? Marker.DefaultItems;
        var after = Marker.Read(page.Marker);
        var items = new List<T>();
        while (true)
        {
            var from = after;
            var found = await store.ReadAsync(tx => scan(tx, from), call.Aborted);
            foreach (var item in found.Where(wanted))
            {
                if (items.Count == limit)
                {
                    return (items, Marker.Write(IamStore.Fold(name(items[^1]))));
                }

                items.Add(item);
            }

            if (found.Count < ScanPage)
            {
                return (items, null);
            }

            after = IamStore.Fold(name(found[^1]));
        }
    }

    /// <summary>Throws unless a policy may be attached: one that AWS manages, or the account's own.</summary>
    private static async ValueTask RequireAttachableAsync(IReadTransaction tx, string account, string policyArn)
    {
        if (ManagedPolicies.Find(policyArn) is null && await FindManagedAsync(tx, account, policyArn) is null)
        {
            throw IamException.NoSuchEntity($"Policy {policyArn} does not exist or is not attachable.");
        }
    }

    private static async ValueTask<ManagedPolicyState?> FindManagedAsync(IReadTransaction tx, string account, string policyArn)
    {
        if (!policyArn.StartsWith("arn:aws:iam::", StringComparison.Ordinal) || !policyArn.Contains(":policy/", StringComparison.Ordinal))
        {
            throw IamException.InvalidInput($"ARN {policyArn} is not valid.");
        }

        var own = $"arn:aws:iam::{account}:policy";
        return policyArn.StartsWith(own, StringComparison.Ordinal)
            && await IamStore.FindPolicyAsync(tx, account, policyArn[own.Length..]) is { } policy
            && policy.Arn(account) == policyArn
            ? policy
            : null;
    }

    /// <summary>The identity with another boundary; the uses of both policies are counted.</summary>
    private static async ValueTask<T> BoundAsync<T>(IWriteTransaction tx, string account, T state, string? boundaryArn) where T : IdentityState
    {
        if (boundaryArn is not null)
        {
            await RequireAttachableAsync(tx, account, boundaryArn);
            IamStore.CountUse(tx, account, boundaryArn, PolicyUse.Boundary, 1);
        }

        if (state.BoundaryArn is { } former)
        {
            IamStore.CountUse(tx, account, former, PolicyUse.Boundary, -1);
        }

        return state with { BoundaryArn = boundaryArn };
    }

    private static AttachedPermissionsBoundary? BoundaryOf(IdentityState state) =>
        state.BoundaryArn is null ? null : new AttachedPermissionsBoundary("PermissionsBoundaryPolicy", state.BoundaryArn);

    private static List<Tag> TagsOf(IReadOnlyDictionary<string, string> tags) => [.. tags.Select(t => new Tag(t.Key, t.Value))];

    private static ListTagsResult PageTags(IReadOnlyDictionary<string, string> tags, string? marker, int? maxItems)
    {
        var (items, next) = Marker.Page(TagsOf(tags), t => t.Key, marker, maxItems);
        return new ListTagsResult(items, next is not null, next);
    }

    private static SortedDictionary<string, string> Without(SortedDictionary<string, string> tags, IReadOnlyList<string> keys)
    {
        var rest = new SortedDictionary<string, string>(tags, StringComparer.Ordinal);
        foreach (var key in keys)
        {
            rest.Remove(key);
        }

        return rest;
    }

    /// <summary>IAM answers documents percent-encoded.</summary>
    private static string Encode(string document) => Uri.EscapeDataString(document);
}
