using System.Globalization;
using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Api.Backups;

/// <summary>New records of backups.</summary>
internal static class BackupMaking
{
    /// <summary>How long a deleted table's backup stays.</summary>
    private const int DeletedTableDays = 35;

    /// <summary>A backup that is still to be written.</summary>
    public static BackupState OfTable(TableState table, string name, IIdSource ids, DateTimeOffset now) => new(
        NewId(ids, now), name, BackupKind.User, table, ids.NextId(), false, now.ToUnixTimeMilliseconds(), null, 0, 0, []);

    /// <summary>A backup that takes over the items of a table that goes.</summary>
    public static BackupState OfDeleted(TableState table, ItemCounts counts, IIdSource ids, DateTimeOffset now) => new(
        NewId(ids, now),
        $"{table.Name}$DeletedTableBackup",
        BackupKind.System,
        table,
        table.Id,
        true,
        now.ToUnixTimeMilliseconds(),
        now.AddDays(DeletedTableDays).ToUnixTimeMilliseconds(),
        counts.Items,
        counts.Bytes,
        []);

    private static string NewId(IIdSource ids, DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds():D14}-{(uint)ids.NextId():x8}");
}
