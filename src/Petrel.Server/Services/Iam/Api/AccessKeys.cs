using System.Text;
using Petrel.Aws.Iam;
using Petrel.Server.Security;
using Petrel.Server.Services.Iam.Model;
using Petrel.Server.Services.Iam.Model.Policies;
using Petrel.Server.Services.Iam.Store;

namespace Petrel.Server.Services.Iam.Api;

/// <summary>Users' keys for step 3: the secret leaves the store sealed and is opened only here.</summary>
internal sealed class AccessKeys(IamStore store, IdentityDirectory identities, ISecretBox box) : IAccessKeys
{
    public const string Purpose = "access-key";

    public async ValueTask<AccessKeyOwner?> FindAsync(string accessKeyId, CancellationToken cancellationToken = default)
    {
        var key = await store.ReadAsync(tx => IamStore.FindAccessKeyAsync(tx, accessKeyId), cancellationToken);
        if (key is not { Active: true } || !box.TryOpen(key.SealedSecret, Purpose, out var secret))
        {
            return null;
        }

        var user = await identities.FindUserAsync(key.Account, key.UserName);
        return user is null
            ? null
            : new AccessKeyOwner(key.Account, user.Identity.Arn, user.State.Id, Encoding.UTF8.GetString(secret));
    }

    public void CheckSessionPolicy(string document)
    {
        try
        {
            PolicyParser.Parse(document, PolicyKind.Identity);
        }
        catch (PolicyFormatException reason)
        {
            throw new IamException("MalformedPolicyDocument", reason.Message, 400);
        }
    }

    public async ValueTask<string?> FindManagedDocumentAsync(string policyArn, string account, CancellationToken cancellationToken = default)
    {
        if (ManagedPolicies.Find(policyArn) is { } managed)
        {
            return managed.Document;
        }

        var own = $"arn:aws:iam::{account}:policy";
        if (!policyArn.StartsWith(own, StringComparison.Ordinal))
        {
            return null;
        }

        var policy = await store.ReadAsync(tx => IamStore.FindPolicyAsync(tx, account, policyArn[own.Length..]), cancellationToken);
        return policy?.DefaultDocument;
    }
}
