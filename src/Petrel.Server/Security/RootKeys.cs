using System.Text;
using Petrel.Server.Settings;
using Petrel.Storage;

namespace Petrel.Server.Security;

/// <summary>
/// The account's own keys. Until a root key is generated, <c>test</c>/<c>test</c> is the root of the default account and a 12-digit key
/// with the same secret that of the account it names, on loopback only, as tools for local clouds expect. A generated key ends that.
/// </summary>
internal sealed class RootKeys
{
    public const string LoopbackKey = "test";

    private const string Purpose = "root-key";

    private readonly string _account;
    private readonly string? _generatedId;
    private readonly string? _generatedSecret;

    public RootKeys(PetrelOptions options, KeyFolder? folder, ISecretBox box)
    {
        _account = options.Edge.Account;
        if (folder?.LoadRoot() is { } stored)
        {
            _generatedId = stored.AccessKeyId;
            _generatedSecret = box.TryOpen(stored.SealedSecret, Purpose, out var secret)
                ? Encoding.UTF8.GetString(secret)
                : throw new InvalidDataException("The generated root key does not open with the master key; restore the keys folder.");
        }
    }

    /// <summary>Whether the loopback key has been replaced.</summary>
    public bool Generated => _generatedId is not null;

    /// <summary>The account and secret of a root key; null for any other.</summary>
    public (string Account, string Secret)? Find(string accessKeyId, bool loopback)
    {
        if (Generated)
        {
            return accessKeyId == _generatedId ? (_account, _generatedSecret!) : null;
        }

        if (!loopback)
        {
            return null;
        }

        return accessKeyId == LoopbackKey ? (_account, LoopbackKey)
            : accessKeyId.Length == 12 && accessKeyId.All(char.IsAsciiDigit) ? (accessKeyId, LoopbackKey)
            : null;
    }

    /// <summary>Makes the root key of the account and keeps it sealed; it is in force from the next start. The secret is shown only here.</summary>
    public static (string AccessKeyId, string Secret) Generate(KeyFolder folder, PetrelOptions options, IIdSource ids)
    {
        var id = AccessKeyIds.NewKeyId("AKIA", options.Edge.Account, ids);
        var secret = AccessKeyIds.NewSecret(ids);
        var box = new SecretBox(folder.LoadOrCreateMaster(ids), ids);
        folder.SaveRoot(new StoredRootKey(id, box.Seal(Encoding.UTF8.GetBytes(secret), Purpose)));
        return (id, secret);
    }
}
