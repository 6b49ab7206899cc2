using System.Diagnostics;

namespace Petrel.Storage.RocksDb;

/// <summary>
/// Refuses writes while the disk is nearly full. RocksDB could only fail in the middle of a write, after which it takes no more; and
/// flushes and compactions need room of their own. What only deletes may use most of the reserve, since it makes room.
/// </summary>
internal sealed class SpaceGuard(RocksDbSettings settings)
{
    private const long CheckEveryBytes = 4 * 1024 * 1024;
    private const int ProbeBytes = 1024 * 1024;
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);

    private long _writtenSinceCheck;
    private long _checkedAt;
    private long _free = long.MaxValue;

    /// <summary>Throws when the transaction is not to be written.</summary>
    public void Admit(WriteBuffer writes)
    {
        _writtenSinceCheck += writes.Bytes;
        var now = Stopwatch.GetTimestamp();
        if (_checkedAt == 0 || _free < settings.ReserveBytes || _writtenSinceCheck >= CheckEveryBytes
            || Stopwatch.GetElapsedTime(_checkedAt, now) >= CheckEvery)
        {
            (_free, _checkedAt, _writtenSinceCheck) = (settings.FreeSpace(settings.Path), now, 0);
        }

        var reserve = OnlyDeletes(writes) ? settings.ReserveBytes / 4 : settings.ReserveBytes;
        if (_free < reserve)
        {
            throw new StoreFullException(
                $"The disk of {settings.Path} has {_free / 1024 / 1024} MB left, less than the reserve of {reserve / 1024 / 1024} MB; "
                + "reads and deletions go on.");
        }
    }

    /// <summary>
    /// Whether the database can be opened again. Readers lose it for that moment, so that a file is written first: a quota, for one, does
    /// not show in the free space.
    /// </summary>
    public bool HasRoom() => settings.FreeSpace(settings.Path) >= settings.ReserveBytes && CanWrite();

    private bool CanWrite()
    {
        var path = Path.Combine(settings.Path, "probe.tmp");
        try
        {
            using (var file = new FileStream(path, FileMode.Create, FileAccess.Write))
            {
                file.Write(new byte[ProbeBytes]);
                file.Flush(flushToDisk: true);
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static bool OnlyDeletes(WriteBuffer writes)
    {
        foreach (var operation in writes.Operations)
        {
            if (operation.Kind is not (OperationKind.Delete or OperationKind.DeleteRange or OperationKind.TrimLog))
            {
                return false;
            }
        }

        return true;
    }
}
