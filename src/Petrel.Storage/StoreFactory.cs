using Microsoft.Extensions.Logging;
using Petrel.Storage.Memory;
using Petrel.Storage.RocksDb;

namespace Petrel.Storage;

/// <summary>Opens the engine that the settings name.</summary>
public static class StoreFactory
{
    public static ValueTask<IStore> OpenAsync(StoreSettings settings, ILogger logger, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return settings.Engine switch
        {
            "memory" => new(new MemoryStore()),
            "rocksdb" => new(RocksDbStore.Open(new RocksDbSettings { Path = Path.Combine(settings.DataFolder, "store") }, logger)),
            _ => throw new ArgumentException($"There is no storage engine '{settings.Engine}'; there are rocksdb and memory."),
        };
    }
}

/// <summary>Which engine keeps the data, and where.</summary>
public sealed record StoreSettings
{
    /// <summary><c>rocksdb</c> or <c>memory</c>.</summary>
    public string Engine { get; init; } = "rocksdb";

    /// <summary>The data folder; the engine has a folder of its own in it.</summary>
    public required string DataFolder { get; init; }
}
