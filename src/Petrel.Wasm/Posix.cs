using System.Runtime.InteropServices;

namespace Petrel.Wasm;

/// <summary>The system calls that are used on the frame socket and on the compiled code.</summary>
internal static unsafe class Posix
{
    private const int Interrupted = 4;

    public static int Read(int descriptor, Span<byte> target)
    {
        fixed (byte* bytes = target)
        {
            nint count;
            do
            {
                count = read(descriptor, bytes, (nuint)target.Length);
            }
            while (count < 0 && Marshal.GetLastSystemError() == Interrupted);
            return (int)count;
        }
    }

    public static int Write(int descriptor, ReadOnlySpan<byte> source)
    {
        fixed (byte* bytes = source)
        {
            nint count;
            do
            {
                count = write(descriptor, bytes, (nuint)source.Length);
            }
            while (count < 0 && Marshal.GetLastSystemError() == Interrupted);
            return (int)count;
        }
    }

    /// <summary>Reads, and takes a descriptor that was sent along.</summary>
    public static int Receive(int descriptor, Span<byte> target, ref int received)
    {
        const int closeOnExec = 0x40000000, rights = 1;
        fixed (byte* bytes = target)
        {
            var part = new Part { Start = bytes, Length = (nuint)target.Length };
            var control = stackalloc long[8];
            var message = new Message { Parts = &part, PartCount = 1, Control = control, ControlLength = 64 };
            nint count;
            do
            {
                count = recvmsg(descriptor, &message, closeOnExec);
            }
            while (count < 0 && Marshal.GetLastSystemError() == Interrupted);

            // Length, level and type of the first control message; behind them its descriptors.
            if (count > 0 && message.ControlLength >= 20 && ((int*)control)[3] == rights)
            {
                received = ((int*)control)[4];
            }

            return (int)count;
        }
    }

    public static byte* Map(int descriptor, out nuint length)
    {
        const int readOnly = 1, shared = 1, end = 2;
        length = (nuint)lseek(descriptor, 0, end);
        var start = mmap(null, length, readOnly, shared, descriptor, 0);
        return (nint)start == -1 ? throw new InvalidOperationException("The compiled code cannot be mapped") : start;
    }

    /// <summary>A file in memory.</summary>
    public static int MemoryFile()
    {
        fixed (byte* name = "exercise\0"u8)
        {
            return memfd_create(name, 1);
        }
    }

    /// <summary>Gives free memory of the C library back to the system.</summary>
    public static void TrimHeap() => _ = malloc_trim(0);

    public static void Unmap(byte* start, nuint length) => _ = munmap(start, length);

    public static void Close(int descriptor) => _ = close(descriptor);

    [DllImport("libc")]
    private static extern int memfd_create(byte* name, uint flags);

    [DllImport("libc")]
    private static extern int malloc_trim(nuint keep);

    [DllImport("libc")]
    private static extern nint lseek(int descriptor, nint offset, int whence);

    [DllImport("libc")]
    private static extern byte* mmap(byte* at, nuint length, int protection, int flags, int descriptor, nint offset);

    [DllImport("libc")]
    private static extern int munmap(byte* start, nuint length);

    [DllImport("libc")]
    private static extern int close(int descriptor);

    [DllImport("libc")]
    private static extern nint read(int descriptor, byte* target, nuint length);

    [DllImport("libc")]
    private static extern nint write(int descriptor, byte* source, nuint length);

    [DllImport("libc")]
    private static extern nint recvmsg(int descriptor, Message* message, int flags);

    private struct Part
    {
        public byte* Start;
        public nuint Length;
    }

    private struct Message
    {
        public void* Name;
        public int NameLength;
        public Part* Parts;
        public nuint PartCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
