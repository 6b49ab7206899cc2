using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Removed functions whose rows are still to be removed, a bounded number in one transaction.</summary>
internal static class RemovalStore
{
    private const int ChunkSize = 100;

    private static readonly Subspace Removals = new("lambda", "removal");

    /// <summary>Notes a function as removed, in the transaction that removes its name.</summary>
    public static void Put(IWriteTransaction tx, FunctionRecord function) => tx.Put(Removals.Key(function.Id), function);

    public static async ValueTask<List<FunctionRecord>> ListAsync(IReadTransaction tx, int limit)
    {
        var page = await tx.ScanAsync(Removals.Range(), limit);
        return [.. page.Select(pair => RecordCodec.Decode<FunctionRecord>(pair.Value))];
    }

    /// <summary>Removes the next rows; true when nothing is left.</summary>
    public static async ValueTask<bool> RemoveChunkAsync(IWriteTransaction tx, FunctionRecord function, DateTimeOffset now)
    {
        var versions = await VersionStore.ListAsync(tx, function.Id, 0, ChunkSize);
        foreach (var version in versions)
        {
            FunctionChange.RemoveVersion(tx, function, version, now);
        }

        var urls = await UrlStore.ListAsync(tx, function, null, ChunkSize);
        foreach (var url in urls)
        {
            UrlStore.Remove(tx, function, url);
        }

        var provisioned = await ProvisionedStore.ListAsync(tx, function, null, ChunkSize);
        foreach (var config in provisioned)
        {
            ProvisionedStore.Remove(tx, function, config);
        }

        if (versions.Count == ChunkSize || urls.Count == ChunkSize || provisioned.Count == ChunkSize)
        {
            return false;
        }

        AliasStore.Aliases.RemoveAll(tx, function.Id);
        PolicyStore.Policies.RemoveAll(tx, function.Id);
        EventInvokeStore.Configs.RemoveAll(tx, function.Id);
        tx.Delete(Removals.Key(function.Id));
        return true;
    }

    /// <summary>A version's settings, which go with it.</summary>
    public static async ValueTask RemoveQualifierAsync(IWriteTransaction tx, FunctionRecord function, string qualifier)
    {
        PolicyStore.Policies.Remove(tx, function, qualifier);
        EventInvokeStore.Configs.Remove(tx, function, qualifier);
        if (await ProvisionedStore.GetAsync(tx, function, qualifier) is { } provisioned)
        {
            ProvisionedStore.Remove(tx, function, provisioned);
        }

        if (await UrlStore.GetAsync(tx, function, qualifier) is { } url)
        {
            UrlStore.Remove(tx, function, url);
        }
    }
}
