using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Petrel.Functions.Sandboxes.Native;

/// <summary>The system calls that handle mounts by descriptor; their numbers are the same on every architecture.</summary>
internal static unsafe partial class MountCalls
{
    private const int OpenTreeNumber = 428, MoveMountNumber = 429, SetAttributesNumber = 442;
    private const int CurrentDirectory = -100, EmptyPath = 0x1000;

    public const int EnterFailed = 1, CodeFailed = 2, LayersFailed = 3, TmpFailed = 4, ModulesFailed = 5, Lost = -1;

    private static readonly byte[] TaskPath = [.. "/var/task\0"u8], LayersPath = [.. "/opt\0"u8], TmpPath = [.. "/tmp\0"u8],
        ModulesPath = [.. "/var/rapid/modules\0"u8];
    private static readonly nint C = NativeLibrary.Load("libc", typeof(MountCalls).Assembly, null);
    private static readonly delegate* unmanaged<int, int, int> SetNamespace = (delegate* unmanaged<int, int, int>)NativeLibrary.GetExport(C, "setns");
    private static readonly delegate* unmanaged<byte*, byte*, byte*, ulong, byte*, int> MountCall =
        (delegate* unmanaged<byte*, byte*, byte*, ulong, byte*, int>)NativeLibrary.GetExport(C, "mount");
    private static readonly delegate* unmanaged<long, nint, nint, nint, nint, nint, long> Call =
        (delegate* unmanaged<long, nint, nint, nint, nint, nint, long>)NativeLibrary.GetExport(C, "syscall");

    /// <summary>
    /// A mount of a folder that is nowhere yet: read-only, without set-user-id programs and devices, and deaf to what happens to the mounts
    /// around the original. Unlike a descriptor of the folder itself, nothing above it can be reached from it.
    /// </summary>
    public static int CloneReadOnly(string folder)
    {
        const uint clone = 1, closeOnExec = 0x80000;
        var path = Marshal.StringToCoTaskMemUTF8(folder);
        long tree;
        try
        {
            tree = SystemCall(OpenTreeNumber, CurrentDirectory, path, (nint)(clone | closeOnExec), 0, 0);
            Libc.Check((int)tree, $"open_tree {folder}");
        }
        finally
        {
            Marshal.FreeCoTaskMem(path);
        }

        byte none = 0;
        var attributes = new Attributes { Set = Attributes.ReadOnly | Attributes.NoSuid | Attributes.NoDevices, Propagation = Attributes.Private };
        if (SystemCall(SetAttributesNumber, (nint)tree, (nint)(&none), EmptyPath, (nint)(&attributes), sizeof(Attributes)) < 0)
        {
            var error = Libc.LastError($"mount_setattr {folder}");
            _ = Libc.Close((int)tree);
            throw error;
        }

        return (int)tree;
    }

    /// <summary>
    /// Enters a sandbox's mounts, puts such mounts on /var/task, /opt and where modules are, gives /tmp its size, and comes back. A thread that is born while the
    /// caller is inside would stay there for good, and the runtime makes threads when it likes: so all of it is one method that is compiled before,
    /// is not counted for recompilation, and calls nothing but the kernel.
    /// </summary>
    /// <param name="inside">The sandbox's mounts.</param>
    /// <param name="home">The calling thread's own; it shares its root and folder with no other thread.</param>
    /// <param name="layers">Below zero: none.</param>
    /// <param name="modules">Below zero: none.</param>
    /// <param name="tmpOptions">Ended by zero; null leaves /tmp.</param>
    /// <returns>What failed, for errno to tell why; <see cref="Lost"/>: the thread is still inside.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int PlaceInside(int inside, int home, int code, int layers, int modules, byte* tmpOptions)
    {
        const int fromEmptyPath = 4;
        byte none = 0;
        var setNamespace = SetNamespace; // the way to a static field may be a call
        var call = Call;
        var mount = MountCall;
        fixed (byte* task = TaskPath, opt = LayersPath, rapid = ModulesPath, tmp = TmpPath)
        {
            if (setNamespace(inside, Libc.NewMountNamespace) < 0)
            {
                return EnterFailed;
            }

            var failed = 0;
            if (call(MoveMountNumber, code, (nint)(&none), CurrentDirectory, (nint)task, fromEmptyPath) < 0)
            {
                failed = CodeFailed;
            }
            else if (layers >= 0 && call(MoveMountNumber, layers, (nint)(&none), CurrentDirectory, (nint)opt, fromEmptyPath) < 0)
            {
                failed = LayersFailed;
            }
            else if (modules >= 0 && call(MoveMountNumber, modules, (nint)(&none), CurrentDirectory, (nint)rapid, fromEmptyPath) < 0)
            {
                failed = ModulesFailed;
            }
            else if (tmpOptions is not null && mount(null, tmp, null, Libc.MountRemount | Libc.MountNoSuid | Libc.MountNoDevices, tmpOptions) < 0)
            {
                failed = TmpFailed;
            }

            return setNamespace(home, Libc.NewMountNamespace) < 0 ? Lost : failed;
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, nint a, nint b, nint c, nint d, nint e);

    /// <summary>struct mount_attr</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public const ulong ReadOnly = 1, NoSuid = 2, NoDevices = 4, Private = 1 << 18;

        public ulong Set, Clear, Propagation, UserNamespace;
    }
}
