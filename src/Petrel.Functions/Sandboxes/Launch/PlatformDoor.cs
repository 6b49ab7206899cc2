using System.Net.Sockets;
using Petrel.Functions.Sandboxes.Network;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>The platform's listener inside one sandbox. Until the sandbox is a function's, what connects is turned away.</summary>
internal sealed class PlatformDoor(ISandboxConnections connections, TimeProvider time, int perSecond = SandboxAccepts.PerSecond)
{
    private volatile SandboxIdentity? _identity;

    public SandboxIdentity? Identity
    {
        get => _identity;
        set => _identity = value;
    }

    /// <summary>Ends when the sandbox's network is given back, which closes the listener.</summary>
    public async Task ServeAsync(Socket listener)
    {
        var accepts = new SandboxAccepts(listener, time, perSecond);
        while (await accepts.NextAsync() is { } connection)
        {
            if (_identity is { } identity)
            {
                connections.Serve(connection, identity);
            }
            else
            {
                connection.Dispose();
            }
        }
    }
}

internal static class SandboxIdentities
{
    public static SandboxIdentity Of(string instanceId, FunctionSpec function) => new(instanceId, function.Account, function.Region, function.FunctionArn);
}
