using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>Records of backups by account, region and id, which is the order of time.</summary>
internal static class BackupStore
{
    private static readonly Subspace Backups = new("dynamodb", "backup");

    public static async ValueTask<BackupState?> FindAsync(IReadTransaction tx, BackupKey key) =>
        await tx.GetAsync(KeyOf(key)) is { } value ? StateJson.Read<BackupState>(value) : null;

    public static void Put(IWriteTransaction tx, BackupState backup) => tx.Put(KeyOf(backup.Key), StateJson.Write(backup));

    public static void Delete(IWriteTransaction tx, BackupState backup) => tx.Delete(KeyOf(backup.Key));

    /// <summary>Backups of an account and region, the oldest first; those after <paramref name="after"/>.</summary>
    public static async ValueTask<List<BackupState>> ListAsync(IReadTransaction tx, string account, string region, string? after, int limit)
    {
        var range = Backups.Range(account, region);
        range = after is null ? range : range.After(Backups.Key(account, region, after));
        return [.. (await tx.ScanAsync(range, limit)).Select(pair => StateJson.Read<BackupState>(pair.Value))];
    }

    /// <summary>Backups of all accounts; those after <paramref name="after"/>.</summary>
    public static async ValueTask<List<BackupState>> ListAllAsync(IReadTransaction tx, BackupKey? after, int limit)
    {
        var range = Backups.Range();
        range = after is { } last ? range.After(KeyOf(last)) : range;
        return [.. (await tx.ScanAsync(range, limit)).Select(pair => StateJson.Read<BackupState>(pair.Value))];
    }

    private static Key KeyOf(BackupKey key) => Backups.Key(key.Account, key.Region, key.Id);
}
