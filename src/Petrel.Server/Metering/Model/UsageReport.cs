namespace Petrel.Server.Metering.Model;

internal enum UsageGrouping
{
    Hour,
    Day,
    Function,
}

/// <summary>Which rows are wanted, and how they are put together.</summary>
/// <param name="Function">One function's only; null for all.</param>
internal sealed record UsageQuestion(UsageHour Since, UsageHour Until, UsageGrouping By, string? Function, bool FreeTier)
{
    /// <summary>Where the bill must begin to read: tiers are those of a whole month.</summary>
    public UsageHour BillFrom => BudgetRules.PeriodOf(BudgetPeriod.Month, Since).From;
}

/// <summary>A line of a report: sums and price of a function, or of a time.</summary>
internal readonly record struct UsageGroup(string? Region, string? Function, UsageHour? From);

/// <summary>Adds up rows, and prices them. Rows are given in the order of their hours, from <see cref="UsageQuestion.BillFrom"/> on.</summary>
internal sealed class UsageReport(UsageQuestion question, PriceTable prices)
{
    private readonly Bill _bill = new(prices, question.FreeTier);
    private readonly Dictionary<UsageGroup, (UsageSums Sums, Charge Charge)> _groups = [];
    private UsageSums _sums;
    private Charge _charge;

    public (UsageSums Sums, Charge Charge) Total => (_sums, _charge);

    public void Add(in UsageRow row)
    {
        var charge = _bill.Add(row);
        if (row.Hour < question.Since || row.Hour >= question.Until || (question.Function is { } wanted && wanted != row.Key.Function))
        {
            return;
        }

        var group = GroupOf(row);
        var (sums, sum) = _groups.GetValueOrDefault(group);
        sums.Add(row.Sums);
        _groups[group] = (sums, sum + charge);
        _sums.Add(row.Sums);
        _charge += charge;
    }

    /// <summary>Functions with the dearest first, times in their order.</summary>
    public IEnumerable<(UsageGroup Group, UsageSums Sums, Charge Charge)> Lines()
    {
        var lines = _groups.Select(g => (Group: g.Key, g.Value.Sums, g.Value.Charge));
        return question.By == UsageGrouping.Function
            ? lines.OrderByDescending(l => l.Charge.Total).ThenBy(l => l.Group.Function, StringComparer.Ordinal).ThenBy(l => l.Group.Region, StringComparer.Ordinal)
            : lines.OrderBy(l => l.Group.From);
    }

    private UsageGroup GroupOf(in UsageRow row) => question.By switch
    {
        UsageGrouping.Function => new UsageGroup(row.Key.Region, row.Key.Function, null),
        UsageGrouping.Day => new UsageGroup(null, null, BudgetRules.PeriodOf(BudgetPeriod.Day, row.Hour).From),
        _ => new UsageGroup(null, null, row.Hour),
    };
}
