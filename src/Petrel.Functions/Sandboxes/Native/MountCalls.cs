using System.Runtime.InteropServices;

namespace Petrel.Functions.Sandboxes.Native;

/// <summary>The system calls that handle mounts by descriptor; their numbers are the same on every architecture.</summary>
internal static unsafe partial class MountCalls
{
    private const int OpenTreeNumber = 428, MoveMountNumber = 429, SetAttributesNumber = 442;
    private const int CurrentDirectory = -100, EmptyPath = 0x1000;

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

    /// <summary>Puts such a mount on a folder that the calling thread sees.</summary>
    public static void Place(int tree, ReadOnlySpan<byte> target)
    {
        const int fromEmptyPath = 4;
        byte none = 0;
        fixed (byte* path = target)
        {
            Libc.Check((int)SystemCall(MoveMountNumber, tree, (nint)(&none), CurrentDirectory, (nint)path, fromEmptyPath), "move_mount");
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
