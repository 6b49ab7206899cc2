using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Layers by account, region and name; their versions by number; the policies of these.</summary>
internal static class LayerStore
{
    private static readonly HashSet<string> Nothing = [];
    private static readonly Subspace Layers = new("lambda", "layer");
    private static readonly Subspace Versions = new("lambda", "layer-version");
    private static readonly Subspace Policies = new("lambda", "layer-policy");

    public static ValueTask<LayerRecord?> GetAsync(IReadTransaction tx, string account, string region, string name) =>
        tx.GetAsync<LayerRecord>(Layers.Key(account, region, name));

    public static void Put(IWriteTransaction tx, LayerRecord layer) => tx.Put(Layers.Key(layer.Account, layer.Region, layer.Name), layer);

    public static async ValueTask<List<LayerRecord>> ListAsync(IReadTransaction tx, string account, string region, string? after, int limit)
    {
        var range = Layers.Range(account, region);
        if (after is not null)
        {
            range = range.After(Layers.Key(account, region, after));
        }

        var page = await tx.ScanAsync(range, limit);
        return [.. page.Select(pair => RecordCodec.Decode<LayerRecord>(pair.Value))];
    }

    public static ValueTask<LayerVersionRecord?> GetVersionAsync(IReadTransaction tx, LayerRecord layer, long version) =>
        tx.GetAsync<LayerVersionRecord>(Versions.Key(layer.Id, version));

    public static void PutVersion(IWriteTransaction tx, LayerRecord layer, LayerVersionRecord version, DateTimeOffset now)
    {
        tx.Put(Versions.Key(layer.Id, version.Version), version);
        PackageStore.SetOwned(tx, Owner(layer, version), Nothing, new HashSet<string> { version.Code.Sha256 }, now);
        AccountStore.AddCodeBytes(tx, layer.Account, layer.Region, version.Code.SizeBytes);
    }

    public static void RemoveVersion(IWriteTransaction tx, LayerRecord layer, LayerVersionRecord version, DateTimeOffset now)
    {
        tx.Delete(Versions.Key(layer.Id, version.Version));
        tx.Delete(Policies.Key(layer.Id, version.Version));
        PackageStore.SetOwned(tx, Owner(layer, version), new HashSet<string> { version.Code.Sha256 }, Nothing, now);
        AccountStore.AddCodeBytes(tx, layer.Account, layer.Region, -version.Code.SizeBytes);
    }

    /// <summary>Versions from the newest to the oldest, those before <paramref name="before"/>.</summary>
    public static async ValueTask<List<LayerVersionRecord>> ListVersionsAsync(IReadTransaction tx, LayerRecord layer, long? before, int limit)
    {
        var range = Versions.Range(layer.Id);
        if (before is { } version)
        {
            range = range.Before(Versions.Key(layer.Id, version));
        }

        var page = await tx.ScanAsync(range, limit, reverse: true);
        return [.. page.Select(pair => RecordCodec.Decode<LayerVersionRecord>(pair.Value))];
    }

    public static ValueTask<PolicyRecord?> GetPolicyAsync(IReadTransaction tx, LayerRecord layer, long version) =>
        tx.GetAsync<PolicyRecord>(Policies.Key(layer.Id, version));

    public static void PutPolicy(IWriteTransaction tx, LayerRecord layer, long version, PolicyRecord policy) =>
        tx.Put(Policies.Key(layer.Id, version), policy);

    public static void RemovePolicy(IWriteTransaction tx, LayerRecord layer, long version) => tx.Delete(Policies.Key(layer.Id, version));

    private static PackageOwner Owner(LayerRecord layer, LayerVersionRecord version) => new(layer.Id, version.Version.ToString());
}
