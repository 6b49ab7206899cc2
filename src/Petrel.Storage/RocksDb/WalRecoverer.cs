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
        string? torn = null;
        ulong? lastGroup = null;
        foreach (var path in Logs(folder))
        {
            int keep;
            using (var file = new WalFile(path))
            {
                lastGroup = torn is null ? file.LastGroup ?? lastGroup : lastGroup;
                if (torn is null && file.BadAt is null)
                {
                    continue;
                }

                // A torn group may go on in the next file, of which nothing stays; but no other group begins there.
                var from = torn is null ? file.BadAt!.Value : 0;
                torn ??= $"{path} at byte {from}";
                Refuse(file.HoldsLaterGroup(from, lastGroup), torn);
                keep = from == 0 ? 0 : file.ValidEnd;
            }

            Cut(path, keep, logger);
        }
    }

    private static IEnumerable<string> Logs(string folder) => Directory.EnumerateFiles(folder, "*.log")
        .Where(path => ulong.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .OrderBy(path => ulong.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture));

    private static void Refuse(bool damaged, string where)
    {
        if (damaged)
        {
            throw new StoreCorruptException($"The log {where} is damaged before writes that were acknowledged. Restore a backup.");
        }
    }

    private static void Cut(string path, int length, ILogger logger)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        if (file.Length != length)
        {
            LogCut(logger, file.Length - length, path);
            file.SetLength(length);
            file.Flush(flushToDisk: true);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The last writes before a crash were not finished: cut {Bytes} bytes off {Path}.")]
    private static partial void LogCut(ILogger logger, long bytes, string path);
}
