using Petrel.Functions.Sandboxes.Launch;

namespace Petrel.Functions.Tests.Hostile;

/// <summary>Functions that fill disks, change what is not theirs, and walk out of their folders.</summary>
[Collection(nameof(Hostile))]
public sealed class FileTests
{
    private const string FillTmp = """
        written = 0
        try:
            with open('/tmp/fill', 'wb') as f:
                while written < 100 << 20: written += f.write(b'x' * (1 << 20))
        except OSError as e:
            return errno.errorcode[e.errno]
        return 'filled'
        """;

    private const string FillSharedMemory = """
        try:
            with open('/dev/shm/fill', 'wb') as f:
                for i in range(100): f.write(b'x' * (1 << 20))
        except OSError as e:
            return errno.errorcode[e.errno]
        return 'filled'
        """;

    /// <summary>Every folder that there is, but for /tmp and /dev/shm; files of the kernel whose names end in what would make them do harm.</summary>
    private const string WriteEverywhere = """
        wrote = []
        for folder, folders, files in os.walk('/'):
            if folder.startswith(('/proc', '/tmp', '/dev/shm')):
                folders[:] = []
                continue
            try:
                with open(os.path.join(folder, 'mine'), 'w'): wrote.append(folder)
            except OSError: pass
        return wrote
        """;

    private const string ChangeItsCode = """
        try:
            with open('/var/task/app.py', 'a') as f: f.write('# mine\n')
            return 'changed'
        except OSError as e:
            return errno.errorcode[e.errno]
        """;

    private const string OpenMany = """
        files = []
        try:
            while len(files) < 3000: files.append(os.open('/dev/null', os.O_RDONLY))
        except OSError as e:
            return len(files)
        return len(files)
        """;

    /// <summary>Up from every open descriptor, from every process's root and working folder, and by links of its own.</summary>
    private const string WalkOut = """
        def listing(path, **at):
            try:
                return sorted(os.listdir(os.open(path, os.O_RDONLY | os.O_DIRECTORY, **at)))
            except OSError:
                return None
        own = listing('/')
        found = []
        for fd in range(3, 64):
            for up in ('..', '../..', '../../../../../..'):
                seen = listing(up, dir_fd=fd)
                if seen and seen != own: found.append(f'{fd} {up}')
        for name in os.listdir('/proc'):
            if name.isdigit():
                for link in ('root', 'cwd', 'root/..', 'cwd/../../..'):
                    seen = listing(f'/proc/{name}/{link}')
                    if seen and seen != own and 'app.py' not in seen: found.append(f'{name} {link}')
                for fd in range(0, 16):
                    seen = listing(f'/proc/{name}/fd/{fd}/..')
                    if seen and seen != own: found.append(f'{name} fd {fd}')
        for target in ('/proc/1/root/../../../root', '/../../../work', '/var/task/../../../../home'):
            os.symlink(target, '/tmp/link')
            if listing('/tmp/link'): found.append(target)
            os.unlink('/tmp/link')
        return found
        """;

    public FileTests() => Attack.NeedsRoot();

    [Fact]
    public async Task DiskFiller_OfTmp_MeetsItsEnd()
    {
        var (_, open) = await Attack.SucceedsAsync(Defences.TmpSize, h => Attack.Python(h, FillTmp, memoryMb: 512));
        Assert.Equal("\"filled\"", open);
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, FillTmp, memoryMb: 512));
        Assert.Equal("\"ENOSPC\"", payload);
        (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, FillSharedMemory, memoryMb: 512));
        Assert.Equal("\"ENOSPC\"", payload);
    }

    [Fact]
    public async Task Write_Everywhere_SucceedsInTmpOnly()
    {
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, WriteEverywhere));
        Assert.Equal("[]", payload);
    }

    /// <summary>The code is shared by all instances, and by all functions with the same package.</summary>
    [Fact]
    public async Task Write_OwnCode_IsRefused()
    {
        var (_, open) = await Attack.SucceedsAsync(Defences.ReadOnlyCode | Defences.Landlock, h => Loose(Attack.Python(h, ChangeItsCode)));
        Assert.Equal("\"changed\"", open);
        var (_, payload) = await Attack.IsContainedAsync(h => Loose(Attack.Python(h, ChangeItsCode)));
        Assert.Contains(payload, new[] { "\"EROFS\"", "\"EACCES\"" });

        static FunctionSpec Loose(FunctionSpec function)
        {
            File.SetUnixFileMode(Path.Combine(function.CodeDirectory, "app.py"), (UnixFileMode)0x1b6);
            return function;
        }
    }

    [Fact]
    public async Task Open_FilesWithoutEnd_StopsAtTheLimit()
    {
        var (_, open) = await Attack.SucceedsAsync(Defences.OpenFiles, h => Attack.Python(h, OpenMany));
        Assert.Equal("3000", open);
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, OpenMany));
        Assert.InRange(int.Parse(payload), 900, 1023);
    }

    [Fact]
    public async Task Walk_UpFromEveryDescriptorAndLink_StaysInside()
    {
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, WalkOut));
        Assert.Equal("[]", payload);
    }
}
