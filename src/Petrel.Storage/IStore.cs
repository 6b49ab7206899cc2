namespace Petrel.Storage;

/// <summary>
/// An ordered, transactional key-value store, in the manner of FoundationDB's layers. Everything durable in Petrel stands on it.
/// </summary>
/// <remarks>
/// Engines: RocksDB (embedded default), PostgreSQL (cluster), memory (simulation and tests). All three pass one suite.
/// A transaction function may run again (PostgreSQL retries on conflict), so it has no effects but its writes, and it awaits only
/// the transaction it was given: on the embedded engines such a function completes synchronously, and one that does not is an error.
/// </remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>Runs <paramref name="read"/> on a consistent snapshot that shows only what is durable.</summary>
    ValueTask<T> ReadAsync<T>(Func<IReadTransaction, ValueTask<T>> read, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs <paramref name="write"/> serialisably; the change is durable when the task completes. An exception thrown by the
    /// function discards its writes, and is rethrown only after what it read is durable, so that a failed condition is never
    /// answered on the ground of a change that could still be lost.
    /// </summary>
    ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, ValueTask<T>> write, CancellationToken cancellationToken = default);

    /// <summary>
    /// Calls <paramref name="wake"/> after each durable commit that signalled <paramref name="topic"/>. A signal may be lost (another
    /// node, a restart): it shortens a poller's wait and never replaces its rescan. The callback must not block.
    /// </summary>
    IDisposable Subscribe(string topic, Action wake);
}

/// <summary>Reads of one transaction. Results are owned by the caller: engines never reuse the memory they returned.</summary>
public interface IReadTransaction
{
    ValueTask<ReadOnlyMemory<byte>?> GetAsync(Key key);

    /// <summary>Many reads in one round trip, in the order asked; null where the key is absent.</summary>
    ValueTask<IReadOnlyList<ReadOnlyMemory<byte>?>> GetManyAsync(IReadOnlyList<Key> keys);

    /// <summary>
    /// Up to <paramref name="limit"/> pairs of the range in key order, or from its end when <paramref name="reverse"/>. To go on, scan
    /// again from <see cref="Key.Next"/> of the last key (forward), or up to the last key (reverse).
    /// </summary>
    ValueTask<IReadOnlyList<KeyValue>> ScanAsync(KeyRange range, int limit, bool reverse = false);

    /// <summary>The value of a counter that is changed with <see cref="IWriteTransaction.Add"/>; 0 when it was never touched.</summary>
    ValueTask<long> GetCounterAsync(Key counter);

    /// <summary>Up to <paramref name="limit"/> entries of an appended log, those after <paramref name="after"/>, in commit order.</summary>
    ValueTask<IReadOnlyList<LogRecord>> ReadLogAsync(Key log, LogPosition after, int limit);

    /// <summary>The position of a log's newest entry; <see cref="LogPosition.Start"/> when it has none.</summary>
    ValueTask<LogPosition> GetLogEndAsync(Key log);
}

/// <summary>Writes of one transaction, seen by its own later reads (except <see cref="Add"/> and <see cref="Append"/>, which never conflict).</summary>
public interface IWriteTransaction : IReadTransaction
{
    void Put(Key key, ReadOnlyMemory<byte> value);

    void Delete(Key key);

    /// <summary>For whole resources and expired segments; never one per message.</summary>
    void DeleteRange(KeyRange range);

    /// <summary>Adds to a counter without reading it: two transactions that add never conflict.</summary>
    void Add(Key counter, long delta);

    /// <summary>Appends to a log. The position is given in commit order, so that a reader's cursor skips nothing.</summary>
    void Append(Key log, ReadOnlyMemory<byte> value);

    /// <summary>Removes the entries of a log up to and including <paramref name="through"/>.</summary>
    void TrimLog(Key log, LogPosition through);

    /// <summary>Wakes the subscribers of <paramref name="topic"/> after the durable commit.</summary>
    void Signal(string topic);
}

/// <summary>A key and its value.</summary>
public readonly record struct KeyValue(Key Key, ReadOnlyMemory<byte> Value);

/// <summary>A position in an appended log: later commits have greater ones. <see cref="Start"/> is before the first entry.</summary>
public readonly record struct LogPosition(ulong Value) : IComparable<LogPosition>
{
    public static readonly LogPosition Start;

    public int CompareTo(LogPosition other) => Value.CompareTo(other.Value);
}

/// <summary>An entry of an appended log.</summary>
public readonly record struct LogRecord(LogPosition Position, ReadOnlyMemory<byte> Value);

/// <summary>Limits of one transaction; the engines check them and answer <see cref="TransactionTooLargeException"/>.</summary>
public static class TransactionLimits
{
    /// <summary>Keys written by one transaction. Longer work (purge, backfill) proceeds in resumable chunks.</summary>
    public const int MaxKeys = 5_000;

    /// <summary>Bytes of keys and values written by one transaction.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>
    /// Bytes of one key, below what every engine takes (a PostgreSQL index row ends at 2,704): room for a sort key of 1,024 zeros, each
    /// of which takes two bytes, between the hashes of an index entry.
    /// </summary>
    public const int MaxKeyBytes = 2_560;
}

/// <summary>A failure of the store itself; nothing of the transaction was acknowledged.</summary>
public class StoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The transaction wrote more than <see cref="TransactionLimits"/> allows.</summary>
public sealed class TransactionTooLargeException(string message) : StoreException(message);

/// <summary>The disk is full, or nearly: reads go on, writes are refused until there is space again.</summary>
public sealed class StoreFullException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>A file of the store does not hold what was written: the disk, or someone else, changed it. Restore a backup.</summary>
public sealed class StoreCorruptException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>More transactions wait than the store takes on; the caller may try again later.</summary>
public sealed class StoreBusyException(string message) : StoreException(message);
