using System.Globalization;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Writes functions and versions together with everything that follows from them: owners of packages and the account's sums.</summary>
internal static class FunctionChange
{
    private static readonly HashSet<string> Nothing = [];

    /// <summary>Creates (no <paramref name="before"/>) or changes a function.</summary>
    public static void Put(IWriteTransaction tx, FunctionRecord? before, FunctionRecord after, DateTimeOffset now)
    {
        FunctionStore.Put(tx, after);
        Follow(tx, before, after, now);
    }

    /// <summary>Removes the function and <c>$LATEST</c>; its other rows go with <see cref="RemovalStore"/>.</summary>
    public static void Remove(IWriteTransaction tx, FunctionRecord function, DateTimeOffset now)
    {
        FunctionStore.Remove(tx, function.Key);
        Follow(tx, function, null, now);
    }

    public static void PutVersion(IWriteTransaction tx, FunctionRecord function, VersionRecord version, DateTimeOffset now)
    {
        VersionStore.Put(tx, function, version);
        PackageStore.SetOwned(tx, new PackageOwner(function.Id, version.Version), Nothing, version.Packages(), now);
        AccountStore.AddCodeBytes(tx, function.Key.Account, function.Key.Region, version.Code.SizeBytes);
    }

    public static void RemoveVersion(IWriteTransaction tx, FunctionRecord function, VersionRecord version, DateTimeOffset now)
    {
        VersionStore.Remove(tx, function, long.Parse(version.Version, CultureInfo.InvariantCulture));
        PackageStore.SetOwned(tx, new PackageOwner(function.Id, version.Version), version.Packages(), Nothing, now);
        AccountStore.AddCodeBytes(tx, function.Key.Account, function.Key.Region, -version.Code.SizeBytes);
    }

    private static void Follow(IWriteTransaction tx, FunctionRecord? before, FunctionRecord? after, DateTimeOffset now)
    {
        var (id, key) = after is null ? (before!.Id, before.Key) : (after.Id, after.Key);
        PackageStore.SetOwned(tx, new PackageOwner(id, VersionName.Latest), before?.Packages() ?? Nothing, after?.Packages() ?? Nothing, now);
        var bytes = (after?.Latest.Code.SizeBytes ?? 0) - (before?.Latest.Code.SizeBytes ?? 0);
        if (bytes != 0)
        {
            AccountStore.AddCodeBytes(tx, key.Account, key.Region, bytes);
        }

        var functions = (after is null ? 0 : 1) - (before is null ? 0 : 1);
        if (functions != 0)
        {
            AccountStore.AddFunctions(tx, key.Account, key.Region, functions);
        }

        var reserved = (after?.ReservedConcurrency ?? 0) - (before?.ReservedConcurrency ?? 0);
        if (reserved != 0)
        {
            AccountStore.AddReserved(tx, key.Account, key.Region, reserved);
        }
    }
}
