using Microsoft.Extensions.Logging;

namespace Petrel.Storage.RocksDb;

/// <summary>Opens the database, whatever a crash left at the end of its log.</summary>
internal static class WalRecoverer
{
    public static RocksDatabase Open(RocksDbSettings settings, ILogger logger)
    {
        _ = logger;
        return RocksDatabase.Open(settings, WalRecovery.TolerateTornTail);
    }
}
