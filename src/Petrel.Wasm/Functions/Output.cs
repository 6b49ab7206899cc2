using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Petrel.Wasm.Functions;

/// <summary>
/// What a program writes to its standard output: the answer. It goes to a file in the sandbox's shared memory, which has a bound of its own and
/// which Wasmtime writes on the program's own thread; to a callback it would go by way of another thread, which costs as much as all the rest.
/// </summary>
internal sealed class Output : IDisposable
{
    /// <summary>Lambda's limit of a buffered answer.</summary>
    public const int MaxBytes = 6 * 1024 * 1024 + 100;

    private static readonly string Name = $"/dev/shm/petrel-answer-{Environment.ProcessId}";

    private readonly SafeFileHandle _file =
        File.OpenHandle(Name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>By which it is opened, and emptied, for each invocation.</summary>
    public nint Path { get; } = Marshal.StringToCoTaskMemUTF8(Name);

    public bool IsTooLong => RandomAccess.GetLength(_file) > MaxBytes;

    public byte[] Read()
    {
        var bytes = GC.AllocateUninitializedArray<byte>((int)RandomAccess.GetLength(_file));
        for (var have = 0; have < bytes.Length;)
        {
            have += RandomAccess.Read(_file, bytes.AsSpan(have), have);
        }

        return bytes;
    }

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(Name);
        Marshal.FreeCoTaskMem(Path);
    }
}
