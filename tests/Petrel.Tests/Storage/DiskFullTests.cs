using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Storage;
using Petrel.Storage.Blobs;
using Petrel.Storage.RocksDb;

namespace Petrel.Tests.Storage;

/// <summary>
/// The disk is full in the middle of a write, whatever the reserve: the writer is told, readers go on, and there are writes again as soon
/// as there is space. The test is a process of its own, whose writes a preloaded library fails (tests/native/diskfull.c).
/// </summary>
public sealed class DiskFullTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Write_NoSpaceLeft_IsRefusedUntilThereIsSome()
    {
        var library = await PreloadedLibrary.CompileAsync("diskfull.c", _temporary.Path);
        var program = Path.ChangeExtension(typeof(DiskFullTests).Assembly.Location, null);
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        start.Environment[DiskFullChild.FolderVariable] = _temporary.Path;
        start.Environment["LD_PRELOAD"] = library;
        start.Environment["DISKFULL_ROOT"] = DiskFullChild.Disk(_temporary.Path);
        start.Environment["DISKFULL_WHILE"] = DiskFullChild.Flag(_temporary.Path);
        using var child = Process.Start(start)!;
        var said = await child.StandardError.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.True(child.ExitCode == 0, said);
    }
}

/// <summary>The process whose disk is full.</summary>
internal static class DiskFullChild
{
    public const string FolderVariable = "PETREL_TEST_DISK_FULL";
    private static readonly Subspace Space = new("full");

    public static string Disk(string folder) => Path.Combine(folder, "disk");

    public static string Flag(string folder) => Path.Combine(folder, "full");

    public static async Task<int> RunAsync(string folder)
    {
        var settings = new RocksDbSettings { Path = Path.Combine(Disk(folder), "store"), ReserveBytes = 0, RecoverEvery = TimeSpan.Zero };
        await using var store = RocksDbStore.Open(settings, NullLogger.Instance);
        var blobs = new FileBlobStore(store, Path.Combine(Disk(folder), "blobs"), TimeProvider.System, new SystemIdSource());
        await PutAsync(store, 1);

        await File.WriteAllTextAsync(Flag(folder), "");
        await Assert.ThrowsAsync<StoreFullException>(() => PutAsync(store, 2));
        await Assert.ThrowsAsync<StoreFullException>(() => PutAsync(store, 3));
        Assert.True(await HasAsync(store, 1));
        await Assert.ThrowsAsync<StoreFullException>(() => blobs.StageAsync(new MemoryStream(RandomNumberGenerator.GetBytes(200_000))));

        File.Delete(Flag(folder));
        await PutAsync(store, 4);
        var staged = await blobs.StageAsync(new MemoryStream(RandomNumberGenerator.GetBytes(200_000)));
        Assert.True(blobs.TryGetLocalPath(staged.Ref, out _));
        Assert.True(await HasAsync(store, 1));
        Assert.True(await HasAsync(store, 4));
        return 0;
    }

    private static async Task<bool> HasAsync(RocksDbStore store, long row) => await store.ReadAsync(tx => tx.GetAsync(Space.Key(row))) is not null;

    private static async Task PutAsync(RocksDbStore store, long row) => await store.WriteAsync(tx =>
    {
        tx.Put(Space.Key(row), new byte[1_000]);
        return new ValueTask<int>(0);
    });
}

/// <summary>A small library in C, compiled when a test needs it.</summary>
internal static class PreloadedLibrary
{
    public static async Task<string> CompileAsync(string source, string folder)
    {
        var library = Path.Combine(folder, Path.ChangeExtension(source, ".so"));
        var path = Path.Combine(AppContext.BaseDirectory, "native", source);
        using var compiler = Process.Start(new ProcessStartInfo("cc", ["-O1", "-Wall", "-fPIC", "-shared", "-o", library, path, "-ldl"]))!;
        await compiler.WaitForExitAsync();
        Assert.True(compiler.ExitCode == 0, $"{source} does not compile.");
        return library;
    }
}
