using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
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
    public Task<bool> ApplyAsync(int mountNamespace, LateFolders folders, long? tmpBytes, Action first) => _thread.RunAsync(() =>
    {
        first();
        Apply(mountNamespace, folders, tmpBytes);
        return true;
    }, goOn: true); // until the Init frame is sent

    private void Apply(int mountNamespace, LateFolders folders, long? tmpBytes)
    {
        Prepare();
        Span<int> trees = [-1, -1, -1];
        try
        {
            trees[0] = MountCalls.CloneReadOnly(folders.Code);
            trees[1] = folders.Layers is null ? -1 : MountCalls.CloneReadOnly(folders.Layers);
            trees[2] = folders.Modules is null ? -1 : MountCalls.CloneReadOnly(folders.Modules);
            Place(mountNamespace, trees, tmpBytes);
        }
        finally
        {
            foreach (var tree in trees)
            {
                if (tree >= 0)
                {
                    _ = Libc.Close(tree);
                }
            }
        }
    }

    private unsafe void Place(int mountNamespace, ReadOnlySpan<int> trees, long? tmpBytes)
    {
        var options = tmpBytes is { } bytes ? Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"size={bytes}\0")) : null;
        int failed, error;
        fixed (byte* tmpOptions = options)
        {
            failed = MountCalls.PlaceInside(mountNamespace, _home, trees[0], trees[1], trees[2], tmpOptions);
            error = Marshal.GetLastSystemError();
        }

        if (failed == 0)
        {
            return;
        }

        _lost = failed == MountCalls.Lost; // Such a thread must do nothing more: every path it opens would be the function's.
        throw new Win32Exception(error, failed switch
        {
            MountCalls.EnterFailed => "setns to the sandbox's mounts: ",
            MountCalls.CodeFailed => "move_mount to /var/task: ",
            MountCalls.LayersFailed => "move_mount to /opt: ",
            MountCalls.ModulesFailed => "move_mount to /var/rapid/modules: ",
            MountCalls.TmpFailed => "the size of /tmp: ",
            _ => "setns back to the daemon's mounts: ",
        } + Marshal.GetPInvokeErrorMessage(error));
    }

    private unsafe void Prepare()
    {
        if (_lost)
        {
            throw new FunctionStartException("ServiceException", "The daemon's thread that mounts code cannot be used any more");
        }

        if (_home < 0)
        {
            _home = Libc.Open("/proc/thread-self/ns/mnt", 0x80000, 0);
            Libc.Check(_home, "/proc/thread-self/ns/mnt");
            _ = MountCalls.PlaceInside(-1, -1, -1, -1, -1, null); // which is compiled by that
        }

        // A thread that shares its root and folder with others may not change its mount namespace; one that has been born here shares ours.
        Libc.Check(Libc.Unshare(Libc.OwnFileSystemInfo), "unshare root and folder");
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

/// <summary>Folders of the host that a sandbox gets late.</summary>
/// <param name="Layers">Merged; null without layers.</param>
/// <param name="Modules">As <see cref="LaunchPlan.Modules"/>.</param>
internal readonly record struct LateFolders(string Code, string? Layers, string? Modules);
