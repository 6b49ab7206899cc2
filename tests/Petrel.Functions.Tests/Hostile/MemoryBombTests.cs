using Petrel.Functions.Sandboxes.Launch;

namespace Petrel.Functions.Tests.Hostile;

/// <summary>Functions that take more memory than they may, in all the places where memory hides.</summary>
[Collection(nameof(Hostile))]
public sealed class MemoryBombTests
{
    private const string OneProcess = "x = bytearray(400 << 20)\nfor i in range(0, len(x), 4096): x[i] = 1\nreturn 'taken'";

    private const string ManyProcesses = """
        r, w = os.pipe()
        for i in range(10):
            if os.fork() == 0:
                x = b'x' * (40 << 20)
                os.write(w, b'1')
                time.sleep(30)
        os.close(w)
        for i in range(10): os.read(r, 1)
        return 'taken'
        """;

    private const string MemoryFiles = """
        for i in range(4):
            f = os.memfd_create('f')
            for j in range(100): os.write(f, b'x' * (1 << 20))
        return 'taken'
        """;

    private const string SharedMemory = """
        libc.shmat.restype = ctypes.c_void_p
        for i in range(4):
            s = libc.shmget(0, 100 << 20, 0o1600)
            a = libc.shmat(s, None, 0)
            ctypes.memset(ctypes.c_void_p(a), 1, 100 << 20)
        return 'taken'
        """;

    private const string InodesAndNames = """
        for d in range(25):
            os.mkdir(f'/tmp/{d}')
            for i in range(10000): os.mknod(f'/tmp/{d}/a-name-that-is-long-enough-to-be-kept-outside-of-its-entry-{i}')
        return 'taken'
        """;

    private const string PageTables = """
        import mmap
        m = mmap.mmap(-1, 200 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)
        for i in range(0, 200 << 30, 2 << 20): m[i]
        return 'taken'
        """;

    private const string Pipes = """
        import fcntl
        filled = 0
        keep = []
        try:
            for i in range(400):
                r, w = os.pipe()
                keep += [r, w]
                os.set_blocking(w, False)
                fcntl.fcntl(w, 1031, 1 << 20)
                while True:
                    try: filled += os.write(w, b'x' * 65536)
                    except BlockingIOError: break
        except OSError:
            pass
        return filled >> 20
        """;

    private const string SocketBuffers = """
        listener = socket.create_server(('127.0.0.1', 0), backlog=400)
        filled, keep = 0, []
        for i in range(250):
            try:
                c = socket.create_connection(listener.getsockname())
                s, _ = listener.accept()
            except OSError: break
            keep += [c, s]
            c.setblocking(False)
            try:
                while filled < 300 << 20: filled += c.send(b'x' * 65536)
            except BlockingIOError: pass
        return filled >> 20
        """;

    private const string ReadEverything = """
        read = 0
        for folder, _, files in os.walk('/usr/lib'):
            for name in files:
                try:
                    with open(os.path.join(folder, name), 'rb') as f: read += len(f.read(1 << 20))
                except OSError: pass
            if read > 400 << 20: break
        return 'read'
        """;

    public MemoryBombTests() => Attack.NeedsRoot();

    /// <summary>Each takes about 400 MB; a function with 128 MB and 64 MB of files may not have them.</summary>
    public static TheoryData<string, string> Bombs => new()
    {
        { "one process", OneProcess },
        { "many processes", ManyProcesses },
        { "memory files", MemoryFiles },
        { "shared memory of System V", SharedMemory },
        { "inodes and names", InodesAndNames },
        { "page tables", PageTables },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task MemoryBomb_OfAnyKind_IsKilledAndSaidSo(string kind, string body)
    {
        var (_, open) = await Attack.SucceedsAsync(Defences.MemoryLimit, h => Attack.Python(h, body));
        Assert.True(open == "\"taken\"", $"{kind}: {open}");
        var (result, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, body));
        Assert.Equal(("Unhandled", "Runtime.OutOfMemory"), (result.FunctionError, Attack.ErrorType(payload)));
    }

    [Fact]
    public async Task MemoryBomb_OfPipes_IsBounded()
    {
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, Pipes));
        Assert.True(payload.StartsWith('{') ? Attack.ErrorType(payload) == "Runtime.OutOfMemory" : int.Parse(payload) < 128, payload);
    }

    /// <summary>Bytes that wait in sockets count only where the group has a limit for them.</summary>
    [Fact]
    public async Task MemoryBomb_OfSocketBuffers_IsBounded()
    {
        var (_, open) = await Attack.SucceedsAsync(Defences.SocketMemory, h => Attack.Python(h, SocketBuffers));
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, SocketBuffers));
        Assert.True(int.Parse(open) > 2 * int.Parse(payload), $"{open} MB, with the defence {payload} MB");
        Assert.InRange(int.Parse(payload), 0, 128);
    }

    /// <summary>What is only cached is given back by the kernel, and is nobody's fault.</summary>
    [Fact]
    public async Task PageCache_OfTheSystemsFiles_EndsNothing()
    {
        var (result, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, ReadEverything));
        Assert.Equal((null, "\"read\""), (result.FunctionError, payload));
    }
}
