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

/// <summary>Provisioned concurrency of versions and aliases.</summary>
internal static class ProvisionedStore
{
    public static readonly QualifierTable<ProvisionedRecord> Configs = new("provisioned");
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

    public static ValueTask<UrlTarget?> FindAsync(IReadTransaction tx, string urlId) => tx.GetAsync<UrlTarget>(Targets.Key(urlId));

    public static void Put(IWriteTransaction tx, FunctionRecord function, UrlRecord url)
    {
        Configs.Put(tx, function, url.Qualifier, url);
        tx.Put(Targets.Key(url.UrlId), new UrlTarget(function.Key, url.Qualifier));
    }

    public static void Remove(IWriteTransaction tx, FunctionRecord function, UrlRecord url)
    {
        Configs.Remove(tx, function, url.Qualifier);
        tx.Delete(Targets.Key(url.UrlId));
    }
}
