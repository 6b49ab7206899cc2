using Petrel.Server.Metering.Model;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Metering.Store;

/// <summary>Budgets, and for each the period in which it last warned.</summary>
internal static class BudgetStore
{
    private static readonly Subspace Rows = new("metering", "budgets");
    private static readonly Subspace Warned = new("metering", "warned");

    public static void Put(IWriteTransaction tx, Budget budget)
    {
        tx.Put(Rows.Key(Parts(budget.Id)), StateJson.Write(budget));
        tx.Delete(Warned.Key(Parts(budget.Id)));
    }

    public static void Delete(IWriteTransaction tx, BudgetId id)
    {
        tx.Delete(Rows.Key(Parts(id)));
        tx.Delete(Warned.Key(Parts(id)));
    }

    public static async ValueTask<IReadOnlyList<Budget>> ListAsync(IReadTransaction tx, int limit) =>
        [.. (await tx.ScanAsync(Rows.Range(), limit)).Select(pair => StateJson.Read<Budget>(pair.Value))];

    /// <summary>The first hour of the period in which it last warned; null when it never did, or was changed since.</summary>
    public static async ValueTask<UsageHour?> GetWarnedAsync(IReadTransaction tx, BudgetId id) =>
        await tx.GetAsync(Warned.Key(Parts(id))) is { } bytes ? new UsageHour(BitConverter.ToInt64(bytes.Span)) : null;

    public static void PutWarned(IWriteTransaction tx, BudgetId id, UsageHour from) =>
        tx.Put(Warned.Key(Parts(id)), BitConverter.GetBytes(from.Number));

    private static KeyPart[] Parts(BudgetId id) =>
        [id.Account, id.Region ?? "", id.Function ?? "", BudgetText.Of(id.Unit), BudgetText.Of(id.Period)];
}
