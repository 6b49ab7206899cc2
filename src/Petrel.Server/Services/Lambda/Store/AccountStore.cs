using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Sums over all functions of an account and region.</summary>
internal static class AccountStore
{
    private static readonly Subspace Totals = new("lambda", "account");

    public static string Topic(string account, string region) => $"lambda/account/{account}/{region}";

    public static ValueTask<long> GetReservedAsync(IReadTransaction tx, string account, string region) =>
        tx.GetCounterAsync(Totals.Key(account, region, "reserved"));

    public static void AddReserved(IWriteTransaction tx, string account, string region, int delta)
    {
        tx.Add(Totals.Key(account, region, "reserved"), delta);
        tx.Signal(Topic(account, region));
    }

    public static ValueTask<long> GetProvisionedAsync(IReadTransaction tx, string account, string region) =>
        tx.GetCounterAsync(Totals.Key(account, region, "provisioned"));

    public static void AddProvisioned(IWriteTransaction tx, string account, string region, int delta) =>
        tx.Add(Totals.Key(account, region, "provisioned"), delta);

    public static ValueTask<long> GetFunctionCountAsync(IReadTransaction tx, string account, string region) =>
        tx.GetCounterAsync(Totals.Key(account, region, "functions"));

    public static void AddFunctions(IWriteTransaction tx, string account, string region, int delta) =>
        tx.Add(Totals.Key(account, region, "functions"), delta);

    /// <summary>Bytes of all packages: of <c>$LATEST</c>, of published versions and of layer versions.</summary>
    public static ValueTask<long> GetCodeBytesAsync(IReadTransaction tx, string account, string region) =>
        tx.GetCounterAsync(Totals.Key(account, region, "code-bytes"));

    public static void AddCodeBytes(IWriteTransaction tx, string account, string region, long delta) =>
        tx.Add(Totals.Key(account, region, "code-bytes"), delta);
}
