using System.Runtime.InteropServices;

namespace Petrel.Storage.RocksDb;

/// <summary>The options of the database and its column families.</summary>
internal static unsafe partial class RocksNative
{
    [LibraryImport(Library, EntryPoint = "rocksdb_options_create")]
    public static partial nint OptionsCreate();

    [LibraryImport(Library, EntryPoint = "rocksdb_options_destroy")]
    public static partial void OptionsDestroy(nint options);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_create_if_missing")]
    public static partial void SetCreateIfMissing(nint options, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_create_missing_column_families")]
    public static partial void SetCreateMissingColumnFamilies(nint options, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_paranoid_checks")]
    public static partial void SetParanoidChecks(nint options, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_manual_wal_flush")]
    public static partial void SetManualWalFlush(nint options, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_wal_recovery_mode")]
    public static partial void SetWalRecoveryMode(nint options, int mode);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_track_and_verify_wals_in_manifest")]
    public static partial void SetTrackWalsInManifest(nint options, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_total_wal_size")]
    public static partial void SetMaxTotalWalSize(nint options, ulong bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_db_write_buffer_size")]
    public static partial void SetDbWriteBufferSize(nint options, nuint bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_write_buffer_size")]
    public static partial void SetWriteBufferSize(nint options, nuint bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_background_jobs")]
    public static partial void SetMaxBackgroundJobs(nint options, int jobs);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_open_files")]
    public static partial void SetMaxOpenFiles(nint options, int files);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_stats_dump_period_sec")]
    public static partial void SetStatsDumpPeriod(nint options, uint seconds);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_stats_persist_period_sec")]
    public static partial void SetStatsPersistPeriod(nint options, uint seconds);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_info_log_level")]
    public static partial void SetInfoLogLevel(nint options, int level);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_keep_log_file_num")]
    public static partial void SetKeepLogFiles(nint options, nuint files);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_log_file_size")]
    public static partial void SetMaxLogFileSize(nint options, nuint bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_memtable_max_range_deletions")]
    public static partial void SetMemtableMaxRangeDeletions(nint options, uint deletions);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_compression")]
    public static partial void SetCompression(nint options, int kind);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_level_compaction_dynamic_level_bytes")]
    public static partial void SetDynamicLevelBytes(nint options, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_max_successive_merges")]
    public static partial void SetMaxSuccessiveMerges(nint options, nuint merges);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_uint64add_merge_operator")]
    public static partial void SetUInt64AddMergeOperator(nint options);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_add_compact_on_deletion_collector_factory")]
    public static partial void AddCompactOnDeletionCollector(nint options, nuint windowSize, nuint deletions);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_enable_blob_files")]
    public static partial void SetEnableBlobFiles(nint options, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_enable_blob_gc")]
    public static partial void SetEnableBlobGc(nint options, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_min_blob_size")]
    public static partial void SetMinBlobSize(nint options, ulong bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_options_set_block_based_table_factory")]
    public static partial void SetBlockBasedTableFactory(nint options, nint table);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_create")]
    public static partial nint TableOptionsCreate();

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_destroy")]
    public static partial void TableOptionsDestroy(nint table);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_block_cache")]
    public static partial void TableSetBlockCache(nint table, nint cache);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_filter_policy")]
    public static partial void TableSetFilterPolicy(nint table, nint policy);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_cache_index_and_filter_blocks")]
    public static partial void TableSetCacheIndexAndFilterBlocks(nint table, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache")]
    public static partial void TableSetPinL0(nint table, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_index_type")]
    public static partial void TableSetIndexType(nint table, int type);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_partition_filters")]
    public static partial void TableSetPartitionFilters(nint table, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_block_based_options_set_pin_top_level_index_and_filter")]
    public static partial void TableSetPinTopLevel(nint table, byte value);

    [LibraryImport(Library, EntryPoint = "rocksdb_filterpolicy_create_bloom_full")]
    public static partial nint BloomFilterCreate(double bitsPerKey);

    [LibraryImport(Library, EntryPoint = "rocksdb_cache_create_lru")]
    public static partial nint CacheCreateLru(nuint bytes);

    [LibraryImport(Library, EntryPoint = "rocksdb_cache_destroy")]
    public static partial void CacheDestroy(nint cache);
}
