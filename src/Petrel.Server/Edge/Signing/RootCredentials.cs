using System.Collections.Concurrent;
using Petrel.Server.Settings;
using Petrel.Wire;

namespace Petrel.Server.Edge;

/// <summary>
/// The root keys: the generated ones of an installation or, without them, <c>test</c>/<c>test</c> and account numbers as tools for local
/// clouds send them. Those words are known to everybody, so they open nothing from elsewhere than this machine: not from a sandbox, another
/// address, or a page of another site in this machine's browser.
/// </summary>
internal sealed class RootCredentials : ICredentialSource
{
    private const int MaxAccounts = 1_024;

    private readonly Dictionary<string, SigningCredential> _keys = [];
    private readonly ConcurrentDictionary<string, SigningCredential> _accounts = [];
    private readonly bool _wellKnown;

    public RootCredentials(PetrelOptions options)
    {
        var generated = RootKeyFile.Read(options.Storage);
        _wellKnown = generated.Count == 0;
        foreach (var key in _wellKnown ? [RootKeyFile.Loopback with { Account = options.Edge.Account }] : generated)
        {
            _keys[key.AccessKeyId] = new SigningCredential(key.AccessKeyId, key.SecretAccessKey, Principal.Root(key.Account, key.AccessKeyId));
        }
    }

    public ValueTask<SigningCredential?> FindAsync(
        string accessKeyId, string? sessionToken, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var refused = origin.SandboxInstanceId is not null || (_wellKnown && (!origin.Loopback || origin.Foreign));
        return ValueTask.FromResult(refused ? null : _keys.GetValueOrDefault(accessKeyId) ?? Account(accessKeyId));
    }

    private SigningCredential? Account(string accessKeyId)
    {
        if (!_wellKnown || accessKeyId.Length != 12 || accessKeyId.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        if (_accounts.Count >= MaxAccounts)
        {
            _accounts.Clear();
        }

        return _accounts.GetOrAdd(accessKeyId, static id =>
            new SigningCredential(id, RootKeyFile.Loopback.SecretAccessKey, Principal.Root(id, id)));
    }
}
