using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Petrel.Functions.Sandboxes.Native;

/// <summary>The system calls that .NET has no API for. Numbers are those of Linux on x86-64 and arm64, which agree except where said.</summary>
internal static unsafe partial class Libc
{
    public const int NewMountNamespace = 0x00020000, OwnFileSystemInfo = 0x00000200, NewNetworkNamespace = 0x40000000;
    public const ulong MountReadOnly = 1, MountNoSuid = 2, MountNoDevices = 4, MountRemount = 32, MountBind = 4096, MountRecursive = 16384,
        MountSlave = 1 << 19;
    public const int SignalKill = 9;
    public const int EpollIn = 1, EpollHangUp = 0x10, EpollCtlAdd = 1, EpollCtlDelete = 2;
    public const int Interrupted = 4, Again = 11;
    private const int DuplicateCloseOnExec = 1030;

    public static Win32Exception LastError(string what) => new(Marshal.GetLastPInvokeError(),
        $"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    public static void Check(int result, string what)
    {
        if (result < 0)
        {
            throw LastError(what);
        }
    }

    /// <summary>A copy of a descriptor at 10 or above, so that giving a child its low numbers never overwrites one that is still to be given.</summary>
    public static int DuplicateHigh(int fd)
    {
        var copy = Control(fd, DuplicateCloseOnExec, 10);
        Check(copy, "fcntl");
        return copy;
    }

    public static void SetNonBlocking(int fd)
    {
        const int setStatus = 4, nonBlocking = 0x800;
        Check(Control(fd, setStatus, nonBlocking), "fcntl");
    }

    public static void EnsurePipeHolds(int fd, int bytes)
    {
        const int setSize = 1031, usual = 64 << 10;
        if (bytes > usual)
        {
            Check(Control(fd, setSize, bytes), "F_SETPIPE_SZ");
        }
    }

    /// <summary>A file in memory that holds <paramref name="content"/>, read from its beginning.</summary>
    public static int MemoryFile(string name, ReadOnlySpan<byte> content)
    {
        var fd = MemoryFileCreate(name, 1); // 1 = close on exec
        Check(fd, "memfd_create");
        fixed (byte* bytes = content)
        {
            var written = Write(fd, bytes, (nuint)content.Length);
            if (written != content.Length || Seek(fd, 0, 0) != 0)
            {
                var error = LastError("write");
                _ = Close(fd);
                throw error;
            }
        }

        return fd;
    }

    /// <summary>User and group of the calling thread alone: glibc's own function changes every thread of the process.</summary>
    public static void SetThreadUser(uint real, uint effective, uint saved)
    {
        // Numbers differ between the architectures: setresgid, setresuid.
        var arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        var group = arm ? 149 : 119;
        var user = arm ? 147 : 117;

        // Towards root the user changes first, away from it the group does: only root may change both.
        Check((int)SystemCall(effective == 0 ? user : group, real, effective, saved), "setres[ug]id");
        Check((int)SystemCall(effective == 0 ? group : user, real, effective, saved), "setres[ug]id");
    }

    public static void DropThreadGroups() =>
        Check((int)SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 159 : 116, 0, 0, 0), "setgroups");

    /// <summary>A descriptor, not blocking, that is readable when the file has changed.</summary>
    public static int WatchFile(string path)
    {
        const int modified = 2, closeOnExecNonBlocking = 0x80800;
        var fd = NotifyInit(closeOnExecNonBlocking);
        Check(fd, "inotify_init1");
        Check(NotifyAdd(fd, path, modified), path);
        return fd;
    }

    public static int OpenProcess(int pid)
    {
        var fd = (int)SystemCall(434, pid, 0, 0); // pidfd_open
        Check(fd, "pidfd_open");
        return fd;
    }

    /// <summary>The version of the kernel's Landlock; below 1 when there is none.</summary>
    public static int LandlockVersion() => (int)SystemCall(444, 0, 0, 1); // landlock_create_ruleset, which tells it when asked so

    /// <summary>The user namespace that a namespace belongs to.</summary>
    public static int OwnerOfNamespace(int fd)
    {
        var owner = DeviceControl(fd, 0xb701, 0); // NS_GET_USERNS
        Check(owner, "NS_GET_USERNS");
        return owner;
    }

    /// <summary>A copy of another process's descriptor.</summary>
    public static int TakeDescriptor(int processFd, int fd)
    {
        var copy = (int)SystemCall(438, processFd, fd, 0); // pidfd_getfd
        Check(copy, "pidfd_getfd");
        return copy;
    }

    /// <summary>Waits where nothing can be awaited yet: when a daemon starts.</summary>
    public static void PauseThread(int milliseconds) => _ = Poll(null, 0, milliseconds);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(void* descriptors, ulong count, int timeoutMs);

    /// <summary>Bounds a resource of a process, unless it is bounded more tightly already.</summary>
    public static void LowerLimit(int pid, int resource, long value) => Check(TryLowerLimit(pid, resource, value) ? 0 : -1, "prlimit");

    public static bool TryLowerLimit(int pid, int resource, long value)
    {
        var limits = stackalloc long[4];
        if (ResourceLimit(pid, resource, null, limits) < 0)
        {
            return false;
        }

        limits[2] = limits[3] = limits[1] is var hard and >= 0 && hard < value ? hard : value; // -1 is none
        return ResourceLimit(pid, resource, limits + 2, null) >= 0;
    }

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static partial int ResourceLimit(int pid, int resource, long* set, long* old);

    /// <summary>Sends a datagram, and descriptors with it; does not wait.</summary>
    public static void SendDescriptors(int socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        const int socketLevel = 1, rights = 1, noSignalDoNotWait = 0x4040, headBytes = 16, max = 16;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, max);
        var control = stackalloc byte[headBytes + (max * sizeof(int))];
        *(nint*)control = headBytes + (descriptors.Length * sizeof(int));
        ((int*)control)[2] = socketLevel;
        ((int*)control)[3] = rights;
        descriptors.CopyTo(new Span<int>(control + headBytes, max));
        fixed (byte* start = bytes)
        {
            var part = stackalloc nint[] { (nint)start, bytes.Length };
            var message = stackalloc nint[] { 0, 0, (nint)part, 1, (nint)control, headBytes + (descriptors.Length * sizeof(int)), 0 };
            Check((int)SendMessage(socket, message, noSignalDoNotWait), "sendmsg");
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(int socket, nint* message, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long a, long b, long c);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int DeviceControl(int fd, ulong request, nint argument);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemoryFileCreate(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(int fd, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(int fd, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    public static partial int SocketPair(int domain, int type, int protocol, int* ends);

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int EnterNamespace(int fd, int kind);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string? source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Signal(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int idType, int id, byte* info, int options);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(int fd, int operation);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int fd, byte* happening);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* happenings, int count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int HardLink(string from, string to);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int NotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NotifyAdd(int fd, string path, uint mask);
}
