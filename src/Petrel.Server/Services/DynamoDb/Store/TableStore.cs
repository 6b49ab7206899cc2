using System.Buffers.Binary;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>
/// Records of tables by account, region and name; and each table's version by its id, in a row so small that every write of an item can
/// look whether the record it knows is still the table's.
/// </summary>
internal static class TableStore
{
    private static readonly Subspace Tables = new("dynamodb", "table");
    private static readonly Subspace Versions = new("dynamodb", "version");

    public static async ValueTask<TableState?> FindAsync(IReadTransaction tx, TableKey key) =>
        await tx.GetAsync(Tables.Key(key.Account, key.Region, key.Name)) is { } value ? StateJson.Read<TableState>(value) : null;

    /// <summary>
    /// The table as it is inside this transaction: <paramref name="known"/> itself when its record has not changed, else the record with
    /// the changes since. A table that is gone, or was made anew under the same name, is not found.
    /// </summary>
    /// <exception cref="ResourceNotFoundException"/>
    public static ValueTask<TableState> RefreshAsync(IReadTransaction tx, TableState known)
    {
        var version = tx.GetAsync(Versions.Key(known.Id));
        return version.IsCompletedSuccessfully && IsVersion(version.Result, known.Version)
            ? ValueTask.FromResult(known)
            : RereadAsync(tx, known, version);
    }

    /// <summary>
    /// Writes and reads a record that nobody keeps: what the first one costs, tens of milliseconds, would otherwise hold up the store.
    /// </summary>
    public static void WarmUp()
    {
        var table = new TableState
        {
            Account = "",
            Region = "",
            Name = "",
            Id = 0,
            TableId = Guid.Empty,
            Status = ResourceStatus.Active,
            CreatedAt = 0,
            Keys = new KeySchema(new KeyAttribute("", AttributeType.String)),
        };
        StateJson.Read<TableState>(StateJson.Write(table));
    }

    /// <summary>Writes the record with its next version, and tells those who keep it in memory.</summary>
    public static TableState Put(IWriteTransaction tx, TableState table)
    {
        var next = table with { Version = table.Version + 1 };
        tx.Put(Tables.Key(next.Account, next.Region, next.Name), StateJson.Write(next));
        var version = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(version, next.Version);
        tx.Put(Versions.Key(next.Id), version);
        tx.Signal(next.Key.Topic);
        return next;
    }

    /// <summary>Removes the record; the table's items are for a job.</summary>
    public static void Delete(IWriteTransaction tx, TableState table)
    {
        tx.Delete(Tables.Key(table.Account, table.Region, table.Name));
        tx.Delete(Versions.Key(table.Id));
        tx.Signal(table.Key.Topic);
    }

    /// <summary>Tables in the order of names, those after <paramref name="after"/>.</summary>
    public static async ValueTask<List<TableState>> ListAsync(IReadTransaction tx, string account, string region, string? after, int limit)
    {
        var range = Tables.Range(account, region);
        range = after is null ? range : range.After(Tables.Key(account, region, after));
        return [.. (await tx.ScanAsync(range, limit)).Select(pair => StateJson.Read<TableState>(pair.Value))];
    }

    /// <summary>Tables of all accounts, page by page, those after <paramref name="after"/>.</summary>
    public static async ValueTask<List<TableState>> ListAllAsync(IReadTransaction tx, TableKey? after, int limit)
    {
        var range = Tables.Range();
        range = after is { } last ? range.After(Tables.Key(last.Account, last.Region, last.Name)) : range;
        return [.. (await tx.ScanAsync(range, limit)).Select(pair => StateJson.Read<TableState>(pair.Value))];
    }

    private static async ValueTask<TableState> RereadAsync(IReadTransaction tx, TableState known, ValueTask<ReadOnlyMemory<byte>?> version)
    {
        var value = await version;
        if (IsVersion(value, known.Version))
        {
            return known;
        }

        return value is not null && await FindAsync(tx, known.Key) is { } table && table.Id == known.Id
            ? table
            : throw ResourceNotFoundException.Requested();
    }

    private static bool IsVersion(ReadOnlyMemory<byte>? value, long version) =>
        value is { } bytes && BinaryPrimitives.ReadInt64LittleEndian(bytes.Span) == version;
}
