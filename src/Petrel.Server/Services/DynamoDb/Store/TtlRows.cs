using System.Buffers.Binary;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>
/// When items expire: a row for each item that does, in the order of time, so that a sweeper reads only what is due. Rows begin with an id
/// that a table gets each time its expiry is enabled. An item that is written when it has expired already has its row apart, since the
/// sweeper has passed its time; there it is found too.
/// </summary>
internal sealed class TtlRows(TimeProvider time) : IItemFollower
{
    private static readonly Subspace Due = new("dynamodb", "ttl");
    private static readonly Subspace Late = new("dynamodb", "ttllate");
    private static readonly Subspace Tables = new("dynamodb", "ttltable");
    private static readonly Subspace Marks = new("dynamodb", "ttlmark");

    public void Follow(IWriteTransaction tx, in ItemChange change)
    {
        if (change.Table.TimeToLive is not { } state)
        {
            return;
        }

        var (old, now) = (ExpiryRules.ExpiryOf(state, change.Old), ExpiryRules.ExpiryOf(state, change.New));
        if (old == now)
        {
            return;
        }

        var item = ItemKeys.SuffixOf(change.Key);
        if (old is { } before)
        {
            Remove(tx, state, before, item);
        }

        if (now is { } at)
        {
            Put(tx, state, at, item);
        }
    }

    /// <summary>The row of an item that expires at <paramref name="at"/>, in seconds since 1970.</summary>
    public void Put(IWriteTransaction tx, TimeToLiveState state, long at, ReadOnlyMemory<byte> item)
    {
        if (at > time.GetUtcNow().ToUnixTimeSeconds())
        {
            tx.Put(Due.Key(state.RowsId, at, item), ReadOnlyMemory<byte>.Empty);
        }
        else
        {
            var value = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(value, at);
            tx.Put(Late.Key(state.RowsId, item), value);
        }
    }

    /// <summary>Removes the row of an item; an item that was written after its time has it in the other place.</summary>
    public void Remove(IWriteTransaction tx, TimeToLiveState state, long at, ReadOnlyMemory<byte> item)
    {
        tx.Delete(Due.Key(state.RowsId, at, item));
        if (at <= time.GetUtcNow().ToUnixTimeSeconds())
        {
            tx.Delete(Late.Key(state.RowsId, item));
        }
    }

    /// <summary>Up to <paramref name="limit"/> rows whose time has come, the late ones first.</summary>
    /// <param name="after">Seconds since 1970 up to which everything was found before.</param>
    public static async ValueTask<List<(long At, ReadOnlyMemory<byte> Item)>> FindDueAsync(
        IReadTransaction tx, TimeToLiveState state, long after, long now, int limit)
    {
        var found = new List<(long, ReadOnlyMemory<byte>)>();
        foreach (var pair in await tx.ScanAsync(Late.Range(state.RowsId), limit))
        {
            found.Add((BinaryPrimitives.ReadInt64LittleEndian(pair.Value.Span), Late.Unpack(pair.Key)[1].Bytes));
        }

        var range = new KeyRange(Due.Key(state.RowsId, after), Due.Key(state.RowsId, now + 1));
        if (found.Count < limit && !range.IsEmpty)
        {
            foreach (var pair in await tx.ScanAsync(range, limit - found.Count))
            {
                var parts = Due.Unpack(pair.Key);
                found.Add((parts[1].Int64, parts[2].Bytes));
            }
        }

        return found;
    }

    /// <summary>How far the sweeper has come with a table, in seconds since 1970.</summary>
    public static async ValueTask<long> FindMarkAsync(IReadTransaction tx, TimeToLiveState state) =>
        await tx.GetAsync(Marks.Key(state.RowsId)) is { } value ? BinaryPrimitives.ReadInt64LittleEndian(value.Span) : 0;

    public static void PutMark(IWriteTransaction tx, TimeToLiveState state, long mark)
    {
        var value = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(value, mark);
        tx.Put(Marks.Key(state.RowsId), value);
    }

    /// <summary>The sweeper looks at the table from now on.</summary>
    public static void Join(IWriteTransaction tx, TableState table) =>
        tx.Put(Tables.Key(table.TimeToLive!.RowsId), StateJson.Write(new[] { table.Account, table.Region, table.Name }));

    /// <summary>The sweeper looks at the table no more.</summary>
    public static void Leave(IWriteTransaction tx, TableState table) => tx.Delete(Tables.Key(table.TimeToLive!.RowsId));

    /// <summary>Tables with expiry, those after <paramref name="after"/>.</summary>
    public static async ValueTask<List<(ulong RowsId, TableKey Table)>> ListTablesAsync(IReadTransaction tx, ulong? after, int limit)
    {
        var range = Tables.Range();
        range = after is { } last ? range.After(Tables.Key(last)) : range;
        return
        [
            .. (await tx.ScanAsync(range, limit)).Select(static pair =>
                (Tables.Unpack(pair.Key)[0].UInt64, StateJson.Read<string[]>(pair.Value) is var name ? new TableKey(name[0], name[1], name[2]) : default)),
        ];
    }

    /// <summary>Everything that belongs to an expiry that is over.</summary>
    public static void RemoveAll(IWriteTransaction tx, ulong rowsId)
    {
        tx.DeleteRange(Due.Range(rowsId));
        tx.DeleteRange(Late.Range(rowsId));
        tx.Delete(Marks.Key(rowsId));
        tx.Delete(Tables.Key(rowsId));
    }
}
