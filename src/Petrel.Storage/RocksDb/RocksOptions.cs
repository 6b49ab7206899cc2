namespace Petrel.Storage.RocksDb;

/// <summary>Builds the options of the database and of each column family, and frees them once the database is open.</summary>
internal sealed class RocksOptions : IDisposable
{
    /// <summary>RocksDB's mode in which any fault of the log is an error; the tail was repaired before.</summary>
    private const int AbsoluteConsistency = 1;

    private const int Lz4 = 4;
    private const int TwoLevelIndex = 2;
    private const int WarnLevel = 2;
    private const double BloomBitsPerKey = 10;

    private readonly nint _cache;
    private readonly nint _table;

    public RocksOptions(RocksDbSettings settings)
    {
        _cache = RocksNative.CacheCreateLru((nuint)settings.BlockCacheBytes);
        _table = RocksNative.TableOptionsCreate();
        RocksNative.TableSetBlockCache(_table, _cache);
        RocksNative.TableSetFilterPolicy(_table, RocksNative.BloomFilterCreate(BloomBitsPerKey));
        RocksNative.TableSetCacheIndexAndFilterBlocks(_table, 1);
        RocksNative.TableSetPinL0(_table, 1);

        // A large file's filter is a megabyte: as one block it never fits a part of the cache, and each read would fetch and check it whole.
        RocksNative.TableSetIndexType(_table, TwoLevelIndex);
        RocksNative.TableSetPartitionFilters(_table, 1);
        RocksNative.TableSetPinTopLevel(_table, 1);
        Database = DatabaseOptions(settings);
        Columns = new nint[RocksDb.Columns.Names.Length];
        for (var i = 0; i < Columns.Length; i++)
        {
            Columns[i] = ColumnOptions((Column)i, settings);
        }
    }

    public nint Database { get; }

    public nint[] Columns { get; }

    public void Dispose()
    {
        foreach (var column in Columns)
        {
            RocksNative.OptionsDestroy(column);
        }

        RocksNative.OptionsDestroy(Database);
        RocksNative.TableOptionsDestroy(_table);
        RocksNative.CacheDestroy(_cache);
    }

    private static nint DatabaseOptions(RocksDbSettings settings)
    {
        var options = RocksNative.OptionsCreate();
        RocksNative.SetCreateIfMissing(options, 1);
        RocksNative.SetCreateMissingColumnFamilies(options, 1);
        RocksNative.SetParanoidChecks(options, 1);
        RocksNative.SetManualWalFlush(options, 1);
        RocksNative.SetWalRecoveryMode(options, AbsoluteConsistency);
        RocksNative.SetTrackWalsInManifest(options, 1);
        RocksNative.SetMaxTotalWalSize(options, 2 * (ulong)settings.WriteBufferBytes);
        RocksNative.SetDbWriteBufferSize(options, (nuint)settings.WriteBufferBytes);
        RocksNative.SetMaxBackgroundJobs(options, 2);
        RocksNative.SetMaxOpenFiles(options, 512);
        RocksNative.SetStatsDumpPeriod(options, 0);
        RocksNative.SetStatsPersistPeriod(options, 0);
        RocksNative.SetInfoLogLevel(options, WarnLevel);
        RocksNative.SetKeepLogFiles(options, 2);
        RocksNative.SetMaxLogFileSize(options, 1024 * 1024);
        return options;
    }

    private nint ColumnOptions(Column column, RocksDbSettings settings)
    {
        var options = RocksNative.OptionsCreate();
        RocksNative.SetWriteBufferSize(options, (nuint)settings.WriteBufferBytes / 2);
        RocksNative.SetBlockBasedTableFactory(options, _table);
        RocksNative.SetCompression(options, Lz4);
        RocksNative.SetDynamicLevelBytes(options, 1);
        RocksNative.SetMemtableMaxRangeDeletions(options, 128);
        switch (column)
        {
            case Column.Queues:
                // A file in which a quarter of 4,096 neighbouring entries are deletions is compacted, so that scans do not wade through them.
                RocksNative.AddCompactOnDeletionCollector(options, 4_096, 1_024);
                break;
            case Column.Blobs:
                RocksNative.SetEnableBlobFiles(options, 1);
                RocksNative.SetMinBlobSize(options, 4_096);
                RocksNative.SetEnableBlobGc(options, 1);
                break;
            case Column.Counters:
                RocksNative.SetUInt64AddMergeOperator(options);
                RocksNative.SetMaxSuccessiveMerges(options, 16);
                break;
        }

        return options;
    }
}
