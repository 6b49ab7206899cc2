using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Aliases of a function by name.</summary>
internal static class AliasStore
{
    public static readonly QualifierTable<AliasRecord> Aliases = new("alias");
}

/// <summary>Resource policies of a function, its versions and aliases.</summary>
internal static class PolicyStore
{
    public static readonly QualifierTable<PolicyRecord> Policies = new("policy");
}

/// <summary>Settings of asynchronous invocations.</summary>
internal static class EventInvokeStore
{
    public static readonly QualifierTable<EventInvokeRecord> Configs = new("event-invoke");
}

/// <summary>Provisioned concurrency of versions and aliases, by function and, for the restart of the daemon, of all functions.</summary>
internal static class ProvisionedStore
{
    private static readonly QualifierTable<ProvisionedRecord> Configs = new("provisioned");
    private static readonly Subspace Index = new("lambda", "provisioned-index");

    public static ValueTask<ProvisionedRecord?> GetAsync(IReadTransaction tx, FunctionRecord function, string qualifier) =>
        Configs.GetAsync(tx, function, qualifier);

    public static ValueTask<List<ProvisionedRecord>> ListAsync(IReadTransaction tx, FunctionRecord function, string? after, int limit) =>
        Configs.ListAsync(tx, function, after, limit);

    public static void Put(IWriteTransaction tx, FunctionRecord function, ProvisionedRecord? before, ProvisionedRecord after)
    {
        Configs.Put(tx, function, after.Qualifier, after);
        tx.Put(Index.Key(function.Id, after.Qualifier), new QualifiedName(function.Key, after.Qualifier));
        AccountStore.AddProvisioned(tx, function.Key.Account, function.Key.Region, after.Requested - (before?.Requested ?? 0));
    }

    public static void Remove(IWriteTransaction tx, FunctionRecord function, ProvisionedRecord config)
    {
        Configs.Remove(tx, function, config.Qualifier);
        tx.Delete(Index.Key(function.Id, config.Qualifier));
        AccountStore.AddProvisioned(tx, function.Key.Account, function.Key.Region, -config.Requested);
    }

    /// <summary>Functions with provisioned concurrency, each as often as it has configurations; those after <paramref name="after"/>.</summary>
    public static async ValueTask<(List<QualifiedName> Page, Key? Last)> ListAllAsync(IReadTransaction tx, Key? after, int limit)
    {
        var range = Index.Range();
        var page = await tx.ScanAsync(after is { } key ? range.After(key) : range, limit);
        return ([.. page.Select(pair => RecordCodec.Decode<QualifiedName>(pair.Value))], page.Count < limit ? null : page[^1].Key);
    }
}

/// <summary>Function URLs, by function and by the id in their host.</summary>
internal static class UrlStore
{
    private static readonly QualifierTable<UrlRecord> Configs = new("url");
    private static readonly Subspace Targets = new("lambda", "url-id");

    public static ValueTask<UrlRecord?> GetAsync(IReadTransaction tx, FunctionRecord function, string? qualifier) =>
        Configs.GetAsync(tx, function, qualifier);

    public static ValueTask<List<UrlRecord>> ListAsync(IReadTransaction tx, FunctionRecord function, string? after, int limit) =>
        Configs.ListAsync(tx, function, after, limit);

    public static ValueTask<QualifiedName?> FindAsync(IReadTransaction tx, string urlId) => tx.GetAsync<QualifiedName>(Targets.Key(urlId));

    public static void Put(IWriteTransaction tx, FunctionRecord function, UrlRecord url)
    {
        Configs.Put(tx, function, url.Qualifier, url);
        tx.Put(Targets.Key(url.UrlId), new QualifiedName(function.Key, url.Qualifier));
    }

    public static void Remove(IWriteTransaction tx, FunctionRecord function, UrlRecord url)
    {
        Configs.Remove(tx, function, url.Qualifier);
        tx.Delete(Targets.Key(url.UrlId));
    }
}
