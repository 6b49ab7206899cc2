using Microsoft.Extensions.Logging;
using Petrel.Server.Metering.Model;
using Petrel.Server.Metering.Store;
using Petrel.Storage;

namespace Petrel.Server.Metering.Api;

/// <summary>
/// The budgets: what is stored, and what is in force. Whatever changes them adds up their periods anew from the store, so that a budget that
/// was raised opens at once, and one that was lowered closes at once.
/// </summary>
internal sealed partial class BudgetKeeper(
    IStore store, UsageLedger ledger, UsageMeter meter, PriceTable prices, TimeProvider time, ILogger<BudgetKeeper> logger)
{
    /// <summary>Budgets of an installation; each costs a look at the start of the daemon.</summary>
    public const int MaxBudgets = 10_000;

    private long _warnings;

    /// <summary>Warnings since the daemon started.</summary>
    public long Warnings => Volatile.Read(ref _warnings);

    public async Task SetAsync(Budget budget)
    {
        await store.WriteAsync(tx =>
        {
            BudgetStore.Put(tx, budget);
            return new ValueTask<bool>(true);
        });
        await ReloadAsync(forget: budget.Id);
    }

    public async Task RemoveAsync(IReadOnlyList<BudgetId> ids)
    {
        await store.WriteAsync(tx =>
        {
            foreach (var id in ids)
            {
                BudgetStore.Delete(tx, id);
            }

            return new ValueTask<bool>(true);
        });
        await ReloadAsync();
    }

    /// <summary>Reads the budgets, and what their periods have used, and puts them in force.</summary>
    /// <param name="forget">One that was changed: it may warn again.</param>
    public Task ReloadAsync(BudgetId? forget = null) => ledger.WhileFlushedAsync(async () =>
    {
        var hour = UsageHour.Of(time.GetUtcNow());
        var stored = await store.ReadAsync(ReadAsync);
        var states = stored.ToDictionary(b => b.Budget.Id, b => BudgetRules.Begin(b.Budget, hour));
        foreach (var account in stored.GroupBy(b => b.Budget.Account, StringComparer.Ordinal))
        {
            await SumAsync(account.Key, [.. account.Select(b => b.Budget)], states);
        }

        var before = meter.Budgets.All.ToDictionary(a => a.Budget.Id, a => a.State);
        var active = stored.Select(b =>
        {
            var state = states[b.Budget.Id];
            var warned = b.Warned == state.From
                || (b.Budget.Id != forget && before.TryGetValue(b.Budget.Id, out var old) && old.Warned && old.From == state.From);
            return new ActiveBudget(b.Budget, prices, state with { Warned = warned }, Crossed);
        }).ToArray();
        meter.Use(new BudgetTable(active));
        foreach (var budget in active)
        {
            budget.Look();
        }
    });

    /// <summary>Periods begin anew also while nothing is invoked; a clock that was set back to an earlier period makes it count again.</summary>
    public async Task TickAsync()
    {
        var now = UsageHour.Of(time.GetUtcNow());
        if (meter.Budgets.All.Any(b => now < b.State.From || now >= b.State.Until))
        {
            await ReloadAsync();
        }
    }

    private static async ValueTask<List<(Budget Budget, UsageHour? Warned)>> ReadAsync(IReadTransaction tx)
    {
        var all = new List<(Budget, UsageHour?)>();
        foreach (var budget in await BudgetStore.ListAsync(tx, MaxBudgets))
        {
            all.Add((budget, await BudgetStore.GetWarnedAsync(tx, budget.Id)));
        }

        return all;
    }

    private async Task SumAsync(string account, Budget[] budgets, Dictionary<BudgetId, BudgetState> states)
    {
        var from = new UsageHour(budgets.Min(b => states[b.Id].From.Number));
        var until = new UsageHour(budgets.Max(b => states[b.Id].Until.Number));
        await foreach (var row in ledger.ReadAsync(account, from, until, CancellationToken.None))
        {
            foreach (var budget in budgets)
            {
                var state = states[budget.Id];
                if (budget.Covers(row.Key) && row.Hour >= state.From && row.Hour < state.Until)
                {
                    states[budget.Id] = state with { Used = state.Used + BudgetRules.Measure(budget.Unit, prices, row.Key, row.Sums) };
                }
            }
        }
    }

    /// <summary>Comes from the path of an invocation: what follows waits elsewhere.</summary>
    private void Crossed(ActiveBudget active, BudgetCrossing crossing) =>
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = TellAsync(active, crossing), null);

    private async Task TellAsync(ActiveBudget active, BudgetCrossing crossing)
    {
        var (budget, state) = (active.Budget, active.State);
        var amount = BudgetText.Amount(budget, prices.Currency);
        if (crossing.HasFlag(BudgetCrossing.Warning))
        {
            Interlocked.Increment(ref _warnings);
            LogWarning(BudgetText.Scope(budget), amount, budget.WarnPercent);
        }

        if (crossing.HasFlag(BudgetCrossing.Exhausted))
        {
            LogExhausted(BudgetText.Scope(budget), amount, state.Until.Start);
        }

        if (!crossing.HasFlag(BudgetCrossing.Warning))
        {
            return;
        }

        try
        {
            await store.WriteAsync(tx =>
            {
                BudgetStore.PutWarned(tx, budget.Id, state.From);
                return new ValueTask<bool>(true);
            });
        }
        catch (StoreException failure)
        {
            LogNotRemembered(failure);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The budget of {Scope} ({Amount}) has reached {Percent} %.")]
    private partial void LogWarning(string scope, string amount, int percent);

    [LoggerMessage(LogLevel.Warning, "The budget of {Scope} ({Amount}) is used up: invocations are refused until {Until:u}, or until it is raised.")]
    private partial void LogExhausted(string scope, string amount, DateTimeOffset until);

    [LoggerMessage(LogLevel.Warning, "That a budget has warned is not stored; after a restart it may warn again.")]
    private partial void LogNotRemembered(Exception failure);
}
