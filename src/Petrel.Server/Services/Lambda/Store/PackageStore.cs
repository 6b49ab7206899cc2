using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Who owns packages: a version of a function or of a layer.</summary>
internal readonly record struct PackageOwner(ulong ResourceId, string Version);

/// <summary>Packages by the hash of their bytes, with their owners; those that may have lost their last one are listed for a later check.</summary>
internal static class PackageStore
{
    private static readonly Subspace Packages = new("lambda", "package");
    private static readonly Subspace Owners = new("lambda", "package-owner");
    private static readonly Subspace Doubts = new("lambda", "package-doubt");

    public static ValueTask<PackageRecord?> GetAsync(IReadTransaction tx, string sha256) =>
        tx.GetAsync<PackageRecord>(Packages.Key(sha256));

    /// <summary>Also starts the time within which somebody must own it.</summary>
    public static void Put(IWriteTransaction tx, string sha256, PackageRecord package, DateTimeOffset now)
    {
        tx.Put(Packages.Key(sha256), package);
        tx.Put(Doubts.Key(sha256), new PackageDoubt(now));
    }

    public static void Remove(IWriteTransaction tx, string sha256) => tx.Delete(Packages.Key(sha256));

    /// <summary>Changes what an owner owns.</summary>
    public static void SetOwned(IWriteTransaction tx, PackageOwner owner, IReadOnlySet<string> before, IReadOnlySet<string> after, DateTimeOffset now)
    {
        foreach (var sha256 in before)
        {
            if (!after.Contains(sha256))
            {
                tx.Delete(OwnerKey(sha256, owner));
                tx.Put(Doubts.Key(sha256), new PackageDoubt(now));
            }
        }

        foreach (var sha256 in after)
        {
            if (!before.Contains(sha256))
            {
                tx.Put(OwnerKey(sha256, owner), new byte[1]);
            }
        }
    }

    public static async ValueTask<bool> IsOwnedAsync(IReadTransaction tx, string sha256) =>
        (await tx.ScanAsync(Owners.Range(sha256), 1)).Count > 0;

    public static async ValueTask<DateTimeOffset?> GetDoubtAsync(IReadTransaction tx, string sha256) =>
        (await tx.GetAsync<PackageDoubt>(Doubts.Key(sha256)))?.Since;

    public static void RemoveDoubt(IWriteTransaction tx, string sha256) => tx.Delete(Doubts.Key(sha256));

    /// <summary>Packages in doubt, those after <paramref name="after"/>.</summary>
    public static async ValueTask<List<(string Sha256, DateTimeOffset Since)>> ListDoubtsAsync(IReadTransaction tx, string? after, int limit)
    {
        var range = Doubts.Range();
        if (after is not null)
        {
            range = range.After(Doubts.Key(after));
        }

        var page = await tx.ScanAsync(range, limit);
        return [.. page.Select(pair => (Doubts.Unpack(pair.Key)[0].Text, RecordCodec.Decode<PackageDoubt>(pair.Value).Since))];
    }

    private static Key OwnerKey(string sha256, PackageOwner owner) => Owners.Key(sha256, owner.ResourceId, owner.Version);
}
