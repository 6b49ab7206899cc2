using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Versions whose code is still to be prepared; a restart goes on with them.</summary>
internal static class PendingStore
{
    private static readonly Subspace Pending = new("lambda", "pending");

    public static void Put(IWriteTransaction tx, FunctionKey key, string version) =>
        tx.Put(Pending.Key(key.Account, key.Region, key.Name, version), new byte[1]);

    public static void Remove(IWriteTransaction tx, FunctionKey key, string version) =>
        tx.Delete(Pending.Key(key.Account, key.Region, key.Name, version));

    public static async ValueTask<List<(FunctionKey Key, string Version)>> ListAsync(
        IReadTransaction tx,
        (FunctionKey Key, string Version)? after,
        int limit)
    {
        var range = Pending.Range();
        if (after is var (key, version))
        {
            range = range.After(Pending.Key(key.Account, key.Region, key.Name, version));
        }

        var page = await tx.ScanAsync(range, limit);
        return [.. page.Select(pair =>
        {
            var parts = Pending.Unpack(pair.Key);
            return (new FunctionKey(parts[0].Text, parts[1].Text, parts[2].Text), parts[3].Text);
        })];
    }
}
