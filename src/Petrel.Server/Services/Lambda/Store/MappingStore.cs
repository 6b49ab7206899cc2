using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Event source mappings by account, region and UUID, and by what they join.</summary>
internal static class MappingStore
{
    private static readonly Subspace Mappings = new("lambda", "mapping");
    private static readonly Subspace Pairs = new("lambda", "mapping-pair");

    public static ValueTask<MappingRecord?> GetAsync(IReadTransaction tx, MappingKey key) =>
        tx.GetAsync<MappingRecord>(Mappings.Key(key.Account, key.Region, key.Uuid));

    /// <summary>The UUID of the mapping between a source and a function (with the same qualifier); null when there is none.</summary>
    public static async ValueTask<string?> FindAsync(IReadTransaction tx, FunctionKey function, string? qualifier, string sourceArn) =>
        (await tx.GetAsync<MappingUuid>(PairKey(function, qualifier, sourceArn)))?.Uuid;

    /// <param name="before">The record that this one takes the place of.</param>
    public static void Put(IWriteTransaction tx, MappingRecord? before, MappingRecord mapping)
    {
        var key = mapping.Key;
        if (before is not null && before.FunctionArn != mapping.FunctionArn)
        {
            tx.Delete(PairKey(before.Function, before.Qualifier, before.SourceArn));
        }

        if (before is null || before.FunctionArn != mapping.FunctionArn)
        {
            tx.Put(PairKey(mapping.Function, mapping.Qualifier, mapping.SourceArn), new MappingUuid(mapping.Uuid));
        }

        tx.Put(Mappings.Key(key.Account, key.Region, key.Uuid), mapping);
    }

    public static void Remove(IWriteTransaction tx, MappingRecord mapping)
    {
        var key = mapping.Key;
        tx.Delete(Mappings.Key(key.Account, key.Region, key.Uuid));
        tx.Delete(PairKey(mapping.Function, mapping.Qualifier, mapping.SourceArn));
    }

    /// <summary>Mappings in the order of their UUIDs, those after <paramref name="after"/>.</summary>
    public static async ValueTask<List<MappingRecord>> ListAsync(IReadTransaction tx, string account, string region, string? after, int limit)
    {
        var range = Mappings.Range(account, region);
        if (after is not null)
        {
            range = range.After(Mappings.Key(account, region, after));
        }

        var page = await tx.ScanAsync(range, limit);
        return [.. page.Select(pair => RecordCodec.Decode<MappingRecord>(pair.Value))];
    }

    /// <summary>Mappings of all accounts, those after <paramref name="after"/>.</summary>
    public static async ValueTask<List<MappingRecord>> ListAllAsync(IReadTransaction tx, MappingKey? after, int limit)
    {
        var range = Mappings.Range();
        if (after is { } last)
        {
            range = range.After(Mappings.Key(last.Account, last.Region, last.Uuid));
        }

        var page = await tx.ScanAsync(range, limit);
        return [.. page.Select(pair => RecordCodec.Decode<MappingRecord>(pair.Value))];
    }

    private static Key PairKey(FunctionKey function, string? qualifier, string sourceArn) =>
        Pairs.Key(function.Account, function.Region, sourceArn, function.Name, qualifier ?? "");
}

/// <summary>Where a source and a function lead.</summary>
internal sealed record MappingUuid(string Uuid);
