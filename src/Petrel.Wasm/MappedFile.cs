namespace Petrel.Wasm;

/// <summary>
/// The compiled code that came with the assignment. Wasmtime copies it, since it must become executable: a page that is written by nobody
/// else. It cannot be opened again by a name: Landlock knows only files that the sandbox itself shows.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly int _descriptor;

    public MappedFile(int descriptor)
    {
        _descriptor = descriptor;
        Start = Posix.Map(descriptor, out var length);
        Length = length;
    }

    public byte* Start { get; }

    public nuint Length { get; }

    public void Dispose()
    {
        Posix.Unmap(Start, Length);
        Posix.Close(_descriptor);
    }
}
