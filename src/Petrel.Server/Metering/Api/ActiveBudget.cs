using Petrel.Functions;
using Petrel.Server.Metering.Model;

namespace Petrel.Server.Metering.Api;

/// <summary>A budget in force, with what its period has used. Added to by every invocation that it covers, and asked before each.</summary>
internal sealed class ActiveBudget(Budget budget, PriceTable prices, BudgetState state, Action<ActiveBudget, BudgetCrossing> crossed)
{
    private readonly Lock _lock = new();
    private BudgetState _state = state;
    private Closed? _closed = CloseIf(budget, prices, state);

    public Budget Budget => budget;

    public BudgetState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>Null while something may start.</summary>
    public BudgetRefusal? Refusal(UsageHour now) => Volatile.Read(ref _closed) is { } closed && now < closed.Until ? closed.Refusal : null;

    public void Add(in UsageKey key, in UsageSums sums, UsageHour hour)
    {
        var amount = BudgetRules.Measure(budget.Unit, prices, key, sums);
        if (amount != 0)
        {
            Add(amount, hour);
        }
    }

    /// <summary>Warns, if what was read from the store already asks for it.</summary>
    public void Look() => Add(0, State.From);

    private void Add(Int128 amount, UsageHour hour)
    {
        BudgetCrossing crossing;
        lock (_lock)
        {
            (_state, crossing) = BudgetRules.Add(budget, _state, amount, hour);
            if ((crossing & BudgetCrossing.Exhausted) != BudgetCrossing.None)
            {
                Volatile.Write(ref _closed, CloseIf(budget, prices, _state));
            }
        }

        if (crossing != BudgetCrossing.None)
        {
            crossed(this, crossing);
        }
    }

    private static Closed? CloseIf(Budget budget, PriceTable prices, BudgetState state) => BudgetRules.IsExhausted(budget, state)
        ? new Closed(BudgetText.Refusal(budget, prices.Currency, state.Until), state.Until)
        : null;

    private sealed record Closed(BudgetRefusal Refusal, UsageHour Until);
}
