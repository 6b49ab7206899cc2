using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Api.Tables;

/// <summary>Reads and changes records of tables for the control plane, and describes them.</summary>
internal sealed class TableLedger(IStore store, TableCache cache, TimeProvider time)
{
    public DateTimeOffset Now => time.GetUtcNow();

    public ValueTask<T> ReadAsync<T>(Func<IReadTransaction, ValueTask<T>> read, CancellationToken cancellationToken) =>
        store.ReadAsync(read, cancellationToken);

    public ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, ValueTask<T>> write, CancellationToken cancellationToken) =>
        store.WriteAsync(write, cancellationToken);

    /// <exception cref="ResourceNotFoundException"/>
    public async Task<TableState> GetAsync(TableKey key, CancellationToken cancellationToken) =>
        await store.ReadAsync(tx => TableStore.FindAsync(tx, key), cancellationToken) ?? throw ResourceNotFoundException.Table(key.Name);

    /// <summary>Writes the record that <paramref name="change"/> makes of the table's; nothing when it makes none.</summary>
    /// <exception cref="ResourceNotFoundException"/>
    public async Task<TableState> ChangeAsync(
        TableKey key, Func<IWriteTransaction, TableState, ValueTask<TableState>> change, CancellationToken cancellationToken)
    {
        var changed = await store.WriteAsync(
            async tx =>
            {
                var table = await TableStore.FindAsync(tx, key) ?? throw ResourceNotFoundException.Table(key.Name);
                var next = await change(tx, table);
                return ReferenceEquals(next, table) ? table : TableStore.Put(tx, next);
            },
            cancellationToken);
        cache.Forget(key);
        return changed;
    }

    /// <summary>The same where nothing but the record is needed.</summary>
    public Task<TableState> ChangeAsync(TableKey key, Func<TableState, TableState> change, CancellationToken cancellationToken) =>
        ChangeAsync(key, (_, table) => ValueTask.FromResult(change(table)), cancellationToken);

    /// <summary>Drops what is in memory of a table that was made or removed.</summary>
    public void Forget(TableKey key) => cache.Forget(key);

    public async Task<TableDescription> DescribeAsync(TableState table, CancellationToken cancellationToken)
    {
        var counts = await store.ReadAsync(tx => CountAsync(tx, table), cancellationToken);
        return TableDescriptions.Describe(table, counts, Now);
    }

    /// <summary>The counts of a table and of its indexes, by their ids.</summary>
    public static async ValueTask<Dictionary<ulong, ItemCounts>> CountAsync(IReadTransaction tx, TableState table)
    {
        var counts = new Dictionary<ulong, ItemCounts>();
        foreach (var id in table.Indexes.Select(static index => index.Id).Prepend(table.Id))
        {
            var (items, bytes) = await ItemStore.CountAsync(tx, id);
            counts[id] = new ItemCounts(items, bytes);
        }

        return counts;
    }
}
