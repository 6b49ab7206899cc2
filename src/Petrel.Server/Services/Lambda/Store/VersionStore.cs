using System.Globalization;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Published versions of a function by number.</summary>
internal static class VersionStore
{
    private static readonly Subspace Versions = new("lambda", "version");

    public static ValueTask<VersionRecord?> GetAsync(IReadTransaction tx, ulong functionId, long number) =>
        tx.GetAsync<VersionRecord>(Versions.Key(functionId, number));

    public static void Put(IWriteTransaction tx, FunctionRecord function, VersionRecord version)
    {
        tx.Put(Versions.Key(function.Id, long.Parse(version.Version, CultureInfo.InvariantCulture)), version);
        tx.Signal(function.Key.Topic);
    }

    public static void Remove(IWriteTransaction tx, FunctionRecord function, long number)
    {
        tx.Delete(Versions.Key(function.Id, number));
        tx.Signal(function.Key.Topic);
    }

    /// <summary>Versions in the order of their numbers, those after <paramref name="after"/>.</summary>
    public static async ValueTask<List<VersionRecord>> ListAsync(IReadTransaction tx, ulong functionId, long after, int limit)
    {
        var page = await tx.ScanAsync(Versions.Range(functionId).After(Versions.Key(functionId, after)), limit);
        return [.. page.Select(pair => RecordCodec.Decode<VersionRecord>(pair.Value))];
    }
}
