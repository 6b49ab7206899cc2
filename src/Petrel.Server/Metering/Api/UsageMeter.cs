using System.Collections.Concurrent;
using Petrel.Functions;
using Petrel.Server.Metering.Model;

namespace Petrel.Server.Metering.Api;

/// <summary>
/// Counts what functions use, in memory; <see cref="UsageLedger"/> takes it to the store every few seconds. An invocation costs it a
/// look-up and some additions; nothing is allocated once a function has a cell.
/// </summary>
internal sealed class UsageMeter(TimeProvider time) : IUsageMeter, IBudgetGuard
{
    /// <summary>Hours after which what is kept in memory for a function that does not run goes.</summary>
    private const int IdleHours = 24;

    private readonly ConcurrentDictionary<string, UsageCell> _cells = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ProvisionedClock> _provisioned = new(StringComparer.Ordinal);
    private BudgetTable _budgets = BudgetTable.Empty;

    public BudgetTable Budgets => Volatile.Read(ref _budgets);

    /// <summary>What was counted since the daemon started; functions that have not run for a day are left out.</summary>
    public IEnumerable<UsageCell> Cells => _cells.Values;

    private UsageHour Now => UsageHour.Of(time.GetUtcNow());

    public UsageCell? Find(string functionArn) => _cells.GetValueOrDefault(functionArn);

    public void Invoked(FunctionSpec spec, Invocation invocation, InvocationResult result)
    {
        var cell = Add(spec, result.Report.Provisioned, UsageRules.Of(spec, invocation, result));
        if (result.FunctionError is not null)
        {
            cell.Failures.Add(time.GetUtcNow(), invocation.RequestId, spec.Version, result.Payload);
        }
    }

    public void Throttled(FunctionSpec spec, ThrottleReason reason) => Add(spec, provisioned: false, UsageRules.OfRefusal(reason));

    public void Provisioned(FunctionSpec spec, int instances)
    {
        if (instances > 0 || _provisioned.ContainsKey(spec.PoolKey))
        {
            var clock = _provisioned.GetOrAdd(spec.PoolKey, static (_, of) => new ProvisionedClock(of.Spec, of.Start), (Spec: spec, Start: time.GetTimestamp()));
            AddKept(clock.Spec, clock.Set(instances, time));
            if (instances == 0)
            {
                _provisioned.TryRemove(new KeyValuePair<string, ProvisionedClock>(spec.PoolKey, clock));
            }
        }
    }

    public BudgetRefusal? Check(string account, string region, string function)
    {
        var budgets = Budgets;
        return budgets.All.Count == 0
            ? null
            : FirstRefusal(budgets.OfFunction(account, region, function)) ?? FirstRefusal(budgets.OfAccount(account));
    }

    /// <summary>Puts other budgets in force. Nothing may be taken to the store meanwhile: they count what is not yet there.</summary>
    public void Use(BudgetTable budgets)
    {
        Volatile.Write(ref _budgets, budgets);
        foreach (var cell in _cells.Values)
        {
            cell.Follow(budgets);
        }
    }

    /// <summary>Takes all that is not yet in the store.</summary>
    public List<UsageRow> Take()
    {
        foreach (var clock in _provisioned.Values)
        {
            AddKept(clock.Spec, clock.Read(time));
        }

        var rows = new List<UsageRow>();
        var idleSince = new UsageHour(Now.Number - IdleHours);
        foreach (var (arn, cell) in _cells)
        {
            if (cell.Take(rows, idleSince))
            {
                _cells.TryRemove(new KeyValuePair<string, UsageCell>(arn, cell));
            }
        }

        return rows;
    }

    private BudgetRefusal? FirstRefusal(ReadOnlySpan<ActiveBudget> budgets)
    {
        foreach (var budget in budgets)
        {
            if (budget.Refusal(Now) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private void AddKept(FunctionSpec spec, long mbMs)
    {
        if (mbMs > 0)
        {
            Add(spec, provisioned: true, new UsageSums { ProvisionedMbMs = mbMs });
        }
    }

    private UsageCell Add(FunctionSpec spec, bool provisioned, UsageSums sums)
    {
        var (hour, budgets) = (Now, Budgets);
        while (true)
        {
            if (!_cells.TryGetValue(spec.FunctionArn, out var cell))
            {
                cell = _cells.GetOrAdd(spec.FunctionArn, static (_, of) => new UsageCell(of.Account, of.Region, of.Name), spec);
            }

            if (cell.TryAdd(spec.Architecture, provisioned, sums, hour, budgets))
            {
                return cell;
            }

            _cells.TryRemove(new KeyValuePair<string, UsageCell>(spec.FunctionArn, cell));
        }
    }
}
