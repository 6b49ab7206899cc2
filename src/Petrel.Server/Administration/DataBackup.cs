using Petrel.Server.Services.Logs.Store;
using Petrel.Server.Settings;
using Petrel.Storage;

namespace Petrel.Server.Administration;

/// <summary>
/// Copies of an installation's data: the store, its blobs and the events of its log groups, and the keys without which its secrets stay
/// sealed.
/// </summary>
public static class DataBackup
{
    private const string MasterKey = "master.key";

    /// <summary>Writes a consistent copy of running storage into a new folder.</summary>
    internal static async Task WriteAsync(
        PetrelStorage storage, LogDirectory logs, StorageOptions options, string target, CancellationToken cancellationToken)
    {
        await logs.FlushAsync();
        await storage.BackupAsync(target, logs.CopyInto, cancellationToken);
        CopyKeys(options.Data, options.Keys, target);
    }

    /// <summary>Fills an unused data folder, on which no daemon runs.</summary>
    /// <exception cref="StoreException">The source is no finished backup, or the data folder holds data.</exception>
    public static async Task RestoreAsync(string source, StorageOptions options, CancellationToken cancellationToken)
    {
        await PetrelStorage.RestoreAsync(source, options.Data, cancellationToken);
        CopyKeys(source, Path.GetFileName(options.Keys), options.Data);
    }

    /// <summary>A copied file keeps its mode: only its owner reads it.</summary>
    private static void CopyKeys(string from, string rootKeys, string to)
    {
        foreach (var file in new[] { Path.Combine(from, MasterKey), Path.Combine(from, rootKeys) }.Where(File.Exists))
        {
            var target = Path.Combine(to, Path.GetFileName(file));
            File.Copy(file, target, overwrite: true);
            using var copied = new FileStream(target, FileMode.Open, FileAccess.ReadWrite);
            copied.Flush(flushToDisk: true);
        }
    }
}
