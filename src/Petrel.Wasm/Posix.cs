using System.Runtime.InteropServices;

namespace Petrel.Wasm;

/// <summary>The system calls for which .NET has none, or a slower way.</summary>
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

    public static void Close(int descriptor) => _ = close(descriptor);

    [DllImport("libc")]
    private static extern int memfd_create(byte* name, uint flags);

    [DllImport("libc")]
    private static extern int malloc_trim(nuint keep);

    [DllImport("libc")]
    private static extern int close(int descriptor);

    [DllImport("libc")]
    private static extern nint read(int descriptor, byte* target, nuint length);

    [DllImport("libc")]
    private static extern nint write(int descriptor, byte* source, nuint length);
}
