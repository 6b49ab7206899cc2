using System.Collections.Frozen;
using Petrel.Functions;
using Petrel.Server.Metering.Model;

namespace Petrel.Server.Metering.Api;

/// <summary>Says, before an invocation starts, whether a budget forbids it.</summary>
internal interface IBudgetGuard
{
    /// <summary>Null while it may start. Costs nothing while there is no budget.</summary>
    BudgetRefusal? Check(string account, string region, string function);
}

/// <summary>All budgets in force; replaced as a whole.</summary>
internal sealed class BudgetTable
{
    public static readonly BudgetTable Empty = new([]);

    private readonly FrozenDictionary<(string, string, string), ActiveBudget[]> _functions;
    private readonly FrozenDictionary<string, ActiveBudget[]> _accounts;

    public BudgetTable(IReadOnlyList<ActiveBudget> budgets)
    {
        All = budgets;
        _functions = budgets.Where(b => b.Budget.Function is not null)
            .GroupBy(b => (b.Budget.Account, b.Budget.Region!, b.Budget.Function!))
            .ToFrozenDictionary(g => g.Key, g => g.ToArray());
        _accounts = budgets.Where(b => b.Budget.Function is null)
            .GroupBy(b => b.Budget.Account, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    }

    public IReadOnlyList<ActiveBudget> All { get; }

    /// <summary>A function's own.</summary>
    public ReadOnlySpan<ActiveBudget> OfFunction(string account, string region, string function) =>
        _functions.GetValueOrDefault((account, region, function));

    public ReadOnlySpan<ActiveBudget> OfAccount(string account) => _accounts.GetValueOrDefault(account);
}
