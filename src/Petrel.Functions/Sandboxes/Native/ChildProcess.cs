using System.Runtime.InteropServices;
using System.Text;

namespace Petrel.Functions.Sandboxes.Native;

/// <summary>
/// Starts a program with exactly the descriptors it is given: <c>Process.Start</c> cannot pass any. The child inherits the namespaces,
/// the control groups and the user of the calling thread.
/// </summary>
internal static unsafe partial class ChildProcess
{
    // Sizes are glibc's (x86-64 and arm64) with room to spare; musl's are smaller.
    private const int FileActionsSize = 256, AttributesSize = 512, SignalSetSize = 128;
    private const short SetSignalDefaults = 0x04, SetSignalMask = 0x08, NewSession = 0x80;

    /// <param name="descriptors">Which descriptor of ours becomes which of the child's, by position: the first is its standard input.</param>
    /// <returns>The child's process id.</returns>
    public static int Start(string program, IReadOnlyList<string> arguments, ReadOnlySpan<int> descriptors)
    {
        var actions = stackalloc byte[FileActionsSize];
        var attributes = stackalloc byte[AttributesSize];
        Ensure(InitActions(actions), "posix_spawn_file_actions_init");
        Ensure(InitAttributes(attributes), "posix_spawnattr_init");
        var argv = Strings(arguments);
        var environment = stackalloc byte*[1];
        try
        {
            for (var i = 0; i < descriptors.Length; i++)
            {
                Ensure(AddDuplicate(actions, descriptors[i], i), "posix_spawn_file_actions_adddup2");
            }

            CloseOthers(actions, descriptors.Length);
            ResetSignals(attributes);
            int pid;
            Ensure(Spawn(&pid, program, actions, attributes, argv, environment), $"start {program}");
            return pid;
        }
        finally
        {
            Free(argv, arguments.Count);
            _ = DestroyActions(actions);
            _ = DestroyAttributes(attributes);
        }
    }

    /// <summary>Ours are all close-on-exec; this guards against libraries whose are not. An older C library lacks the function.</summary>
    private static void CloseOthers(byte* actions, int from)
    {
        try
        {
            Ensure(AddCloseFrom(actions, from), "posix_spawn_file_actions_addclosefrom_np");
        }
        catch (EntryPointNotFoundException)
        {
            return;
        }
    }

    /// <summary>The runtime ignores SIGPIPE and blocks signals in some threads; a child must start as from a shell, in a session of its own.</summary>
    private static void ResetSignals(byte* attributes)
    {
        var all = stackalloc byte[SignalSetSize];
        new Span<byte>(all, SignalSetSize).Fill(0xff);
        var none = stackalloc byte[SignalSetSize];
        new Span<byte>(none, SignalSetSize).Clear();
        Ensure(SetDefaults(attributes, all), "posix_spawnattr_setsigdefault");
        Ensure(SetMask(attributes, none), "posix_spawnattr_setsigmask");
        Ensure(SetFlags(attributes, SetSignalDefaults | SetSignalMask | NewSession), "posix_spawnattr_setflags");
    }

    private static byte** Strings(IReadOnlyList<string> values)
    {
        var block = (byte**)NativeMemory.Alloc((nuint)values.Count + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < values.Count; i++)
        {
            block[i] = (byte*)Marshal.StringToCoTaskMemUTF8(values[i]);
        }

        block[values.Count] = null;
        return block;
    }

    private static void Free(byte** strings, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Marshal.FreeCoTaskMem((nint)strings[i]);
        }

        NativeMemory.Free(strings);
    }

    private static void Ensure(int error, string what)
    {
        if (error != 0)
        {
            throw new System.ComponentModel.Win32Exception(error, $"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    /// <summary>Takes the exit status of a child that has ended.</summary>
    /// <returns>The code (128 + signal for a signal) and the signal.</returns>
    public static (int Code, int? Signal) Reap(int pid)
    {
        const int byPid = 1, exited = 4, killed = 2, dumped = 3;
        var info = stackalloc byte[128];
        int result;
        do
        {
            result = Libc.WaitId(byPid, pid, info, exited);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted);
        Libc.Check(result, "waitid");
        var kind = *(int*)(info + 8);
        var status = *(int*)(info + 24);
        return kind is killed or dumped ? (128 + status, status) : (status, null);
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(int* pid, string path, byte* actions, byte* attributes, byte** argv, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    private static partial int AddCloseFrom(byte* actions, int from);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int InitAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaults(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(byte* attributes, short flags);
}
