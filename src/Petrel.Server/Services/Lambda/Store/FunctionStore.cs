using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Functions by account, region and name.</summary>
internal static class FunctionStore
{
    private static readonly Subspace Functions = new("lambda", "function");

    public static ValueTask<FunctionRecord?> GetAsync(IReadTransaction tx, FunctionKey key) =>
        tx.GetAsync<FunctionRecord>(Functions.Key(key.Account, key.Region, key.Name));

    public static void Put(IWriteTransaction tx, FunctionRecord function)
    {
        var key = function.Key;
        tx.Put(Functions.Key(key.Account, key.Region, key.Name), function);
        tx.Signal(key.Topic);
    }

    public static void Remove(IWriteTransaction tx, FunctionKey key)
    {
        tx.Delete(Functions.Key(key.Account, key.Region, key.Name));
        tx.Signal(key.Topic);
    }

    /// <summary>Functions in the order of their names, those after <paramref name="after"/>.</summary>
    public static async ValueTask<List<FunctionRecord>> ListAsync(IReadTransaction tx, string account, string region, string? after, int limit)
    {
        var range = Functions.Range(account, region);
        if (after is not null)
        {
            range = range.After(Functions.Key(account, region, after));
        }

        var page = await tx.ScanAsync(range, limit);
        return [.. page.Select(pair => RecordCodec.Decode<FunctionRecord>(pair.Value))];
    }
}
