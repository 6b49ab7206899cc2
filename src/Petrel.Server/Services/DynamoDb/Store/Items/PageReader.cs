using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Model.Values;
using Petrel.Storage;
using KeyRange = Petrel.Storage.KeyRange;

namespace Petrel.Server.Services.DynamoDb.Store.Items;

/// <summary>
/// Reads one page: rows in key order until the limit, until a megabyte has been read, or to the end. The limit counts rows before the
/// filter, and the row that passes the megabyte is still in the page. A page is one snapshot, read in chunks of rows.
/// </summary>
internal sealed class PageReader(ReadPlan plan)
{
    /// <summary>The service's limit for the data that one Query or Scan reads.</summary>
    private const int MaxBytes = 1024 * 1024;

    private const int FirstChunk = 64;
    private const int MaxChunk = 1_000;

    private readonly List<AttributeMap>? _items = plan.CountsOnly ? null : [];
    private KeyRange _range = plan.Range;
    private int _count;
    private int _scanned;
    private long _bytes;
    private double _fetchUnits;
    private EncodedItem? _last;

    public async ValueTask<ItemPage> ReadAsync(IReadTransaction tx)
    {
        var isFull = false;
        while (!isFull)
        {
            var wanted = ChunkRows();
            var rows = await tx.ScanAsync(_range, wanted, plan.Descending);
            isFull = plan.FetchesItems ? await TakeFetchedAsync(tx, rows) : Take(rows);
            if (rows.Count < wanted)
            {
                break;
            }

            var last = rows[^1].Key;
            _range = plan.Descending ? _range.Before(last) : _range.After(last);
        }

        var units = CapacityUnits.OfRead(_bytes, plan.Consistent);
        return new ItemPage(
            _items,
            _count,
            _scanned,
            isFull ? KeysOf(plan.Table, plan.Index, _last!) : null,
            plan.Index is null ? units : _fetchUnits,
            plan.Index is null ? 0 : units);
    }

    /// <summary>The key attributes of a row: the table's and the index's.</summary>
    public static AttributeMap KeysOf(TableState table, IndexState? index, AttributeMap row)
    {
        var keys = new AttributeMapBuilder(4);
        Copy(row, keys, table.Keys);
        if (index is not null)
        {
            Copy(row, keys, index.Keys);
        }

        return keys.Build();
    }

    private static void Copy(AttributeMap row, AttributeMapBuilder keys, KeySchema schema)
    {
        keys.Set(schema.Partition.Name, row[schema.Partition.Name]);
        if (schema.Sort is { } sort)
        {
            keys.Set(sort.Name, row[sort.Name]);
        }
    }

    /// <summary>As many rows as the page may still need, by the size of those before.</summary>
    private int ChunkRows()
    {
        var rows = _scanned == 0 ? FirstChunk : (int)Math.Clamp((MaxBytes - _bytes) / Math.Max(_bytes / _scanned, 1) + 1, 1, MaxChunk);
        return plan.Limit is { } limit ? Math.Min(rows, limit - _scanned) : rows;
    }

    /// <returns>Whether the page is full.</returns>
    private bool Take(IReadOnlyList<KeyValue> rows)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var row = ItemCodec.Decode(rows[i].Value);
            if (Take(row, row))
            {
                return true;
            }
        }

        return false;
    }

    private async ValueTask<bool> TakeFetchedAsync(IReadTransaction tx, IReadOnlyList<KeyValue> rows)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var row = ItemCodec.Decode(rows[i].Value);

            // Both lie in one snapshot, in which an entry without its item does not exist.
            var item = await ItemStore.FindAsync(tx, ItemKeys.OfItem(plan.Table, row)) ?? row;
            _fetchUnits += CapacityUnits.OfRead(item.SizeBytes, plan.Consistent);
            if (Take(row, item))
            {
                return true;
            }
        }

        return false;
    }

    private bool Take(EncodedItem row, EncodedItem item)
    {
        _scanned++;
        _bytes += row.SizeBytes;
        _last = row;
        if (plan.Filter is null || plan.Filter.Holds(item))
        {
            _count++;
            _items?.Add(plan.Projection is null ? item : plan.Projection.Project(item));
        }

        return _scanned == plan.Limit || _bytes >= MaxBytes;
    }
}
