using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>
/// Puts folders into sandboxes that run already. A thread of its own clones the folder as a mount of its own, enters the sandbox's mount
/// namespace for the moment that placing it takes, and comes back; what is inside never gets a descriptor of the host's.
/// </summary>
internal sealed class LateMounts : IDisposable
{
    private readonly DedicatedThread _thread = new("petrel-mounts");
    private int _home = -1;
    private bool _lost;

    /// <summary>Does work that belongs to the same assignment, then mounts; all of it on the mounting thread.</summary>
    /// <param name="mountNamespace">The sandbox's.</param>
    /// <param name="tmpBytes">The new size of /tmp; null leaves it.</param>
    public Task<bool> ApplyAsync(int mountNamespace, string code, string? layers, long? tmpBytes, Action first) => _thread.RunAsync(() =>
    {
        first();
        Apply(mountNamespace, code, layers, tmpBytes);
        return true;
    }, goOn: true); // until the Init frame is sent

    private void Apply(int mountNamespace, string code, string? layers, long? tmpBytes)
    {
        Prepare();
        var codeTree = MountCalls.CloneReadOnly(code);
        var layersTree = -1;
        try
        {
            layersTree = layers is null ? -1 : MountCalls.CloneReadOnly(layers);

            // A thread that shares its root and folder with others may not change its mount namespace, and one that was started from here, as the
            // thread pool does when work is handed to it, shares them from its birth.
            Libc.Check(Libc.Unshare(Libc.OwnFileSystemInfo), "unshare root and folder");
            Libc.Check(Libc.EnterNamespace(mountNamespace, Libc.NewMountNamespace), "setns to the sandbox's mounts");
            try
            {
                MountCalls.Place(codeTree, "/var/task\0"u8);
                if (layersTree >= 0)
                {
                    MountCalls.Place(layersTree, "/opt\0"u8);
                }

                if (tmpBytes is { } bytes)
                {
                    var options = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"size={bytes}");
                    Libc.Check(Libc.Mount(null, "/tmp", null, Libc.MountRemount | Libc.MountNoSuid | Libc.MountNoDevices, options), "size of /tmp");
                }
            }
            finally
            {
                Return();
            }
        }
        finally
        {
            _ = Libc.Close(codeTree);
            if (layersTree >= 0)
            {
                _ = Libc.Close(layersTree);
            }
        }
    }

    private void Prepare()
    {
        if (_lost)
        {
            throw new FunctionStartException("ServiceException", "The daemon's thread that mounts code cannot be used any more");
        }

        // A thread that shares its root and folder with others may not change its mount namespace, and every thread that was started from this
        // one shares them: what goes on after an assignment may start some.
        Libc.Check(Libc.Unshare(Libc.OwnFileSystemInfo), "unshare root and folder");
        if (_home < 0)
        {
            _home = Libc.Open("/proc/thread-self/ns/mnt", 0x80000, 0);
            Libc.Check(_home, "/proc/thread-self/ns/mnt");
        }
    }

    /// <summary>A thread that is left in a sandbox must do nothing more: every path it opens would be the function's.</summary>
    private void Return()
    {
        if (Libc.EnterNamespace(_home, Libc.NewMountNamespace) != 0)
        {
            _lost = true;
            throw Libc.LastError("setns to the daemon's mounts");
        }
    }

    public void Dispose()
    {
        _thread.Dispose();
        if (_home >= 0)
        {
            _ = Libc.Close(_home);
        }
    }
}
