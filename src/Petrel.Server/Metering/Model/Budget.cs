namespace Petrel.Server.Metering.Model;

internal enum BudgetUnit
{
    Money,
    GbSeconds,
    Invocations,
}

internal enum BudgetPeriod
{
    Day,
    Month,
}

/// <summary>What an account, or one of its functions, may use in a day or a month. There is at most one for each scope, unit and period.</summary>
/// <param name="Region">Null, as <paramref name="Function"/> is, for a budget of the whole account.</param>
/// <param name="Limit">In the currency of the price table, in GB seconds, or in invocations.</param>
/// <param name="WarnPercent">Of the limit; from there on it warns, once in a period.</param>
internal sealed record Budget(
    string Account, string? Region, string? Function, BudgetUnit Unit, BudgetPeriod Period, decimal Limit, int WarnPercent)
{
    public const decimal MaxLimit = 1_000_000_000_000;

    public const int LimitDecimals = 6;

    public BudgetId Id => new(Account, Region, Function, Unit, Period);

    /// <summary>The limit in what is added up: see <see cref="BudgetRules.Measure"/>.</summary>
    public Int128 LimitUnits => Unit switch
    {
        BudgetUnit.Money => Money.Of(Limit).Units,
        BudgetUnit.GbSeconds => (Int128)(Limit * UsageRules.MbMsPerGbSecond),
        _ => (Int128)Limit,
    };

    public bool Covers(in UsageKey key) => key.Account == Account && (Function is null || (key.Function == Function && key.Region == Region));
}

internal readonly record struct BudgetId(string Account, string? Region, string? Function, BudgetUnit Unit, BudgetPeriod Period);

/// <summary>What a budget's period has used so far.</summary>
/// <param name="From">The period's first hour.</param>
/// <param name="Until">The first hour of the next one.</param>
internal readonly record struct BudgetState(UsageHour From, UsageHour Until, Int128 Used, bool Warned);

/// <summary>What adding to a budget has brought about.</summary>
[Flags]
internal enum BudgetCrossing
{
    None = 0,
    Warning = 1,
    Exhausted = 2,
}

/// <summary>The rules of budgets. Pure: the hour is given.</summary>
internal static class BudgetRules
{
    /// <summary>The period of an hour, in universal time: a calendar day or month.</summary>
    public static (UsageHour From, UsageHour Until) PeriodOf(BudgetPeriod period, UsageHour hour)
    {
        var start = hour.Start;
        var from = period == BudgetPeriod.Day
            ? new DateTimeOffset(start.Year, start.Month, start.Day, 0, 0, 0, TimeSpan.Zero)
            : new DateTimeOffset(start.Year, start.Month, 1, 0, 0, 0, TimeSpan.Zero);
        return (UsageHour.Of(from), UsageHour.Of(period == BudgetPeriod.Day ? from.AddDays(1) : from.AddMonths(1)));
    }

    /// <summary>How much of a budget is used by what was counted, in units so small that nothing is rounded.</summary>
    public static Int128 Measure(BudgetUnit unit, PriceTable prices, in UsageKey key, in UsageSums sums) => unit switch
    {
        BudgetUnit.Money => Bill.AtFirstTier(prices, key, sums).Units,
        BudgetUnit.GbSeconds => sums.BilledMbMs,
        _ => sums.Invocations,
    };

    public static BudgetState Begin(Budget budget, UsageHour hour)
    {
        var (from, until) = PeriodOf(budget.Period, hour);
        return new BudgetState(from, until, 0, Warned: false);
    }

    /// <summary>
    /// Adds what was used in an hour. A later period begins anew; an hour before the period, which a clock that was set back gives, counts
    /// in it all the same, so that nothing escapes a budget.
    /// </summary>
    public static (BudgetState State, BudgetCrossing Crossing) Add(Budget budget, BudgetState state, Int128 amount, UsageHour hour)
    {
        state = hour >= state.Until ? Begin(budget, hour) : state;
        var wasExhausted = IsExhausted(budget, state);
        state = state with { Used = state.Used + amount };
        var crossing = BudgetCrossing.None;
        if (!state.Warned && state.Used * 100 >= budget.LimitUnits * budget.WarnPercent)
        {
            crossing |= BudgetCrossing.Warning;
            state = state with { Warned = true };
        }

        if (!wasExhausted && IsExhausted(budget, state))
        {
            crossing |= BudgetCrossing.Exhausted;
        }

        return (state, crossing);
    }

    public static bool IsExhausted(Budget budget, in BudgetState state) => state.Used >= budget.LimitUnits;
}
