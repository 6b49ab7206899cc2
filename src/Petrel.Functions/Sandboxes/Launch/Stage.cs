using System.Globalization;
using System.Runtime.InteropServices;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>
/// Makes folders of the host reachable for bubblewrap, which runs as the sandbox's own user and may not walk into the daemon's data or
/// root's home: each is bound, read-only, to a place in a file system that only the launching thread's mount namespace has. The host sees
/// nothing of it, and nothing is left when the daemon is killed. Used on the launching thread only.
/// </summary>
internal sealed partial class Stage
{
    /// <summary>Bound folders beyond this many are let go, the longest unused first: every sandbox's start copies the list.</summary>
    private const int MaxBound = 64;

    private readonly string _root;
    private readonly ulong _protection;
    private readonly Dictionary<string, (string Place, long LastUsed)> _bound = new(StringComparer.Ordinal);
    private long _uses;
    private int _places;

    /// <summary>Moves the calling thread, for good, into a mount namespace of its own.</summary>
    /// <param name="root">A folder that every user can walk to.</param>
    /// <param name="readOnly">Only a test of attacks wants it otherwise.</param>
    public Stage(string root, bool readOnly = true)
    {
        _root = root;
        _protection = Libc.MountNoSuid | Libc.MountNoDevices | (readOnly ? Libc.MountReadOnly : 0);
        Libc.Check(Libc.Unshare(Libc.NewMountNamespace | Libc.OwnFileSystemInfo), "unshare mounts");
        Libc.Check(Libc.Mount("none", "/", null, Libc.MountRecursive | Libc.MountSlave, null), "make mounts private");
        Libc.Check(Libc.Mount("petrel", root, "tmpfs", Libc.MountNoSuid | Libc.MountNoDevices, "mode=0755,size=4m"), $"mount {root}");
        Libc.Check(ChangeDirectory("/"), "chdir");
    }

    /// <summary>Where the calling thread's children find a path of the host.</summary>
    public string Locate(string path)
    {
        if (_bound.TryGetValue(path, out var known))
        {
            _bound[path] = (known.Place, ++_uses);
            return known.Place;
        }

        LetGo();
        var place = Path.Combine(_root, (++_places).ToString(CultureInfo.InvariantCulture));
        if (Directory.Exists(path))
        {
            Directory.CreateDirectory(place);
        }
        else
        {
            File.WriteAllBytes(place, []);
        }

        Libc.Check(Libc.Mount(path, place, null, Libc.MountBind, null), $"bind {path}");
        Libc.Check(
            Libc.Mount(null, place, null, Libc.MountBind | Libc.MountRemount | _protection, null),
            $"bind {path} read-only");
        _bound[path] = (place, ++_uses);
        return place;
    }

    private void LetGo()
    {
        if (_bound.Count < MaxBound)
        {
            return;
        }

        // Never one of those that the launch at hand has asked for: a launch uses far fewer than are kept.
        var (path, (place, _)) = _bound.MinBy(b => b.Value.LastUsed);
        _bound.Remove(path);
        const int detach = 2;
        _ = Libc.Unmount(place, detach);
        if (Directory.Exists(place))
        {
            Directory.Delete(place);
        }
        else
        {
            File.Delete(place);
        }
    }

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeDirectory(string path);
}
