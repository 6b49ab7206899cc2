using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Petrel.Storage.RocksDb;

/// <summary>
/// Prepares the write-ahead log for RocksDB after a crash. What a loss of power left of the last group, which nobody was answered about,
/// is cut off; a log that is damaged before that is refused.
/// </summary>
/// <remarks>
/// RocksDB's own modes cannot tell the two apart: they either open a log that lost acknowledged writes in its middle, or refuse one whose
/// last page was torn, and both step over a page of zeros. After this, the log must read without a single fault.
/// </remarks>
internal static partial class WalRecoverer
{
    public static RocksDatabase Open(RocksDbSettings settings, ILogger logger)
    {
        Repair(settings.Path, logger);
        return RocksDatabase.Open(settings);
    }

    private static void Repair(string folder, ILogger logger)
    {
        WalFile? torn = null;
        ulong? lastGroup = null;
        foreach (var path in Logs(folder))
        {
            var file = new WalFile(path);
            if (torn is not null)
            {
                // A group may go on in the next file, but no other begins there.
                Refuse(file.HoldsLaterGroup(0, lastGroup), torn);
                Cut(file, 0, logger);
                continue;
            }

            lastGroup = file.LastGroup ?? lastGroup;
            if (file.BadAt is { } bad)
            {
                torn = file;
                Refuse(file.HoldsLaterGroup(bad, lastGroup), file);
                Cut(file, file.ValidEnd, logger);
            }
        }
    }

    private static IEnumerable<string> Logs(string folder) => Directory.EnumerateFiles(folder, "*.log")
        .Where(path => ulong.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .OrderBy(path => ulong.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture));

    private static void Refuse(bool damaged, WalFile file)
    {
        if (damaged)
        {
            throw new StoreCorruptException(
                $"The log {file.Path} is damaged at byte {file.BadAt}, before writes that were acknowledged. Restore a backup.");
        }
    }

    private static void Cut(WalFile file, int length, ILogger logger)
    {
        if (file.Length == length)
        {
            return;
        }

        using var opened = new FileStream(file.Path, FileMode.Open, FileAccess.Write);
        opened.SetLength(length);
        opened.Flush(flushToDisk: true);
        LogCut(logger, file.Length - length, file.Path);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The last writes before a crash were not finished: cut {Bytes} bytes off {Path}.")]
    private static partial void LogCut(ILogger logger, long bytes, string path);
}
