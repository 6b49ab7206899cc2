using System.Collections.Concurrent;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>
/// Records of tables that were asked for lately, so that a request reads none. A change signals the table's topic, which drops its entry;
/// a write looks again inside its transaction (<see cref="TableStore.RefreshAsync"/>), so that none is made for a table of before.
/// </summary>
internal sealed class TableCache(IStore store)
{
    /// <summary>About 4 KB each; when there are more, all are dropped and read again as they are asked for.</summary>
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<TableKey, Entry> _entries = new();

    /// <summary>The table of this name; null when there is none. Synchronous for one that is in memory.</summary>
    public ValueTask<TableState?> FindAsync(TableKey key, CancellationToken cancellationToken = default) =>
        _entries.TryGetValue(key, out var entry) ? ValueTask.FromResult<TableState?>(entry.Table) : ReadAsync(key, cancellationToken);

    /// <summary>The table for an operation on its items.</summary>
    /// <exception cref="ResourceNotFoundException">There is none, or none yet, or none any more.</exception>
    public ValueTask<TableState> GetAsync(TableKey key, CancellationToken cancellationToken = default) =>
        _entries.TryGetValue(key, out var entry) && entry.Table.IsUsable
            ? ValueTask.FromResult(entry.Table)
            : GetUsableAsync(key, cancellationToken);

    /// <summary>Drops what is known of a table; a writer calls it before it answers, so that the next call sees the change.</summary>
    public void Forget(TableKey key)
    {
        if (_entries.TryGetValue(key, out var entry))
        {
            Drop(key, entry);
        }
    }

    private async ValueTask<TableState> GetUsableAsync(TableKey key, CancellationToken cancellationToken) =>
        await FindAsync(key, cancellationToken) is { IsUsable: true } table ? table : throw ResourceNotFoundException.Requested();

    private async ValueTask<TableState?> ReadAsync(TableKey key, CancellationToken cancellationToken)
    {
        // Subscribed before the read: a change between the two makes the entry stale at once, instead of being missed.
        var entry = new Entry();
        entry.Subscription = store.Subscribe(key.Topic, () => Drop(key, entry));
        TableState? table = null;
        try
        {
            table = await store.ReadAsync(tx => TableStore.FindAsync(tx, key), cancellationToken);
        }
        finally
        {
            if (table is null)
            {
                entry.Retire();
            }
        }

        if (table is not null)
        {
            entry.Table = table;
            Keep(key, entry);
        }

        return table;
    }

    private void Keep(TableKey key, Entry entry)
    {
        if (_entries.Count >= MaxEntries)
        {
            foreach (var (oldKey, old) in _entries)
            {
                Drop(oldKey, old);
            }
        }

        if (!_entries.TryAdd(key, entry))
        {
            entry.Retire();
        }
        else if (entry.IsStale)
        {
            Drop(key, entry);
        }
    }

    private void Drop(TableKey key, Entry entry)
    {
        _entries.TryRemove(new KeyValuePair<TableKey, Entry>(key, entry));
        entry.Retire();
    }

    private sealed class Entry
    {
        private volatile bool _stale;

        public TableState Table { get; set; } = null!; // set before the entry is kept

        public IDisposable? Subscription { get; set; }

        public bool IsStale => _stale;

        public void Retire()
        {
            _stale = true;
            Subscription?.Dispose();
        }
    }
}
