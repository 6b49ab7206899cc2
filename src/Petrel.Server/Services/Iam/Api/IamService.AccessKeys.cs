using System.Text;
using Petrel.Aws.Iam;
using Petrel.Server.Security;
using Petrel.Server.Services.Iam.Model;
using Petrel.Server.Services.Iam.Store;
using Petrel.Wire;

namespace Petrel.Server.Services.Iam.Api;

/// <content>Access keys.</content>
internal sealed partial class IamService
{
    public async Task<CreateAccessKeyResult> CreateAccessKey(CreateAccessKeyRequest request, CallContext call)
    {
        var secret = AccessKeyIds.NewSecret(ids);
        var sealedSecret = box.Seal(Encoding.UTF8.GetBytes(secret), Api.AccessKeys.Purpose);
        var id = AccessKeyIds.NewKeyId("AKIA", call.Account, ids);
        var key = await WriteAsync(
            async tx =>
            {
                var user = await GetAsync<UserState>(tx, call.Account, NameOrCaller(request.UserName, call));
                if (user.AccessKeyIds.Count >= IamRules.MaxAccessKeys)
                {
                    throw IamException.LimitExceeded($"Cannot exceed quota for AccessKeysPerUser: {IamRules.MaxAccessKeys}");
                }

                var created = new AccessKeyState(id, call.Account, user.Name, sealedSecret, Active: true, Now());
                IamStore.Put(tx, created);
                IamStore.Put(tx, call.Account, user with { AccessKeyIds = [.. user.AccessKeyIds, id] });
                return created;
            },
            call);
        return new CreateAccessKeyResult(new AccessKey(key.UserName, key.AccessKeyId, StatusOf(key), secret, key.CreatedAt));
    }

    public Task UpdateAccessKey(UpdateAccessKeyRequest request, CallContext call) => WriteAsync(
        async tx =>
        {
            var (_, key) = await GetKeyAsync(tx, request.UserName, request.AccessKeyId, call);
            IamStore.Put(tx, key with { Active = request.Status == "Active" });
            return key;
        },
        call);

    public Task DeleteAccessKey(DeleteAccessKeyRequest request, CallContext call) => WriteAsync(
        async tx =>
        {
            var (user, key) = await GetKeyAsync(tx, request.UserName, request.AccessKeyId, call);
            IamStore.Delete(tx, key);
            IamStore.Put(tx, call.Account, user with { AccessKeyIds = [.. user.AccessKeyIds.Where(id => id != key.AccessKeyId)] });
            return key;
        },
        call);

    public async Task<ListAccessKeysResult> ListAccessKeys(ListAccessKeysRequest request, CallContext call)
    {
        var keys = await store.ReadAsync(
            async tx =>
            {
                var user = await GetAsync<UserState>(tx, call.Account, NameOrCaller(request.UserName, call));
                var found = new List<AccessKeyState>();
                foreach (var id in user.AccessKeyIds)
                {
                    found.Add((await IamStore.FindAccessKeyAsync(tx, id))!);
                }

                return found;
            },
            call.Aborted);
        var (items, next) = Marker.Page(keys, k => k.AccessKeyId, request.Marker, request.MaxItems);
        return new ListAccessKeysResult(
            [.. items.Select(k => new AccessKeyMetadata(k.UserName, k.AccessKeyId, StatusOf(k), k.CreatedAt))], next is not null, next);
    }

    private static async ValueTask<(UserState User, AccessKeyState Key)> GetKeyAsync(
        Petrel.Storage.IReadTransaction tx,
        string? userName,
        string accessKeyId,
        CallContext call)
    {
        var user = await GetAsync<UserState>(tx, call.Account, NameOrCaller(userName, call));
        return user.AccessKeyIds.Contains(accessKeyId, StringComparer.Ordinal) && await IamStore.FindAccessKeyAsync(tx, accessKeyId) is { } key
            ? (user, key)
            : throw IamException.NoSuchEntity($"The Access Key with id {accessKeyId} cannot be found.");
    }

    private static string StatusOf(AccessKeyState key) => key.Active ? "Active" : "Inactive";
}
