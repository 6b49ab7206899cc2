using Petrel.Server.Metering.Model;

namespace Petrel.Server.Metering.Api;

/// <summary>
/// What one function has used and is not yet in the store. Its lock is held for some ten nanoseconds, by an invocation that ends or by the
/// flush that empties it, and never while anything waits.
/// </summary>
internal sealed class UsageCell(string account, string region, string function)
{
    private const int Kinds = 4;

    private readonly Lock _lock = new();
    private readonly Part?[] _parts = new Part?[Kinds];
    private BudgetTable _table = BudgetTable.Empty;
    private ActiveBudget[] _budgets = [];
    private UsageHour _lastUsed = UsageHour.None;
    private UsageSums _total;
    private bool _closed;

    public string Account => account;

    public string Region => region;

    public string Function => function;

    public FunctionFailures Failures { get; } = new();

    /// <summary>All since the cell was made.</summary>
    public UsageSums Total
    {
        get
        {
            lock (_lock)
            {
                return _total;
            }
        }
    }

    /// <summary>False when the cell was taken away meanwhile: another must be made.</summary>
    public bool TryAdd(string architecture, bool provisioned, in UsageSums sums, UsageHour hour, BudgetTable table)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            Adopt(table);
            var kind = (architecture == "arm64" ? 2 : 0) + (provisioned ? 1 : 0);
            var part = _parts[kind] ??= new Part(new UsageKey(account, region, function, architecture, provisioned));
            part.Add(hour, sums);
            _lastUsed = hour;
            _total.Add(sums);
            foreach (var budget in _budgets)
            {
                budget.Add(part.Key, sums, hour);
            }

            return true;
        }
    }

    /// <summary>Takes what is not yet in the store.</summary>
    /// <param name="idleSince">A cell that was last used before this hour goes.</param>
    /// <returns>Whether the cell has gone.</returns>
    public bool Take(List<UsageRow> rows, UsageHour idleSince)
    {
        lock (_lock)
        {
            foreach (var part in _parts)
            {
                part?.Take(rows);
            }

            return _closed = _lastUsed < idleSince;
        }
    }

    /// <summary>Budgets that are new count what was used before them and is not yet in the store.</summary>
    public void Follow(BudgetTable table)
    {
        lock (_lock)
        {
            Adopt(table);
        }
    }

    private void Adopt(BudgetTable table)
    {
        if (ReferenceEquals(table, _table))
        {
            return;
        }

        var before = _budgets;
        (_table, _budgets) = (table, [.. table.OfFunction(account, region, function), .. table.OfAccount(account)]);
        foreach (var row in Peek())
        {
            foreach (var budget in _budgets.Except(before))
            {
                // What belongs to an earlier period is none of its concern.
                if (row.Hour >= budget.State.From)
                {
                    budget.Add(row.Key, row.Sums, row.Hour);
                }
            }
        }
    }

    private IEnumerable<UsageRow> Peek() => _parts.OfType<Part>().SelectMany(p => p.Peek());

    /// <summary>What was used on one architecture and kind of instance: of this hour, and of hours whose flush is due.</summary>
    private sealed class Part(UsageKey key)
    {
        private readonly List<UsageRow> _earlier = [];
        private UsageHour _hour = UsageHour.None;
        private UsageSums _sums;

        public UsageKey Key => key;

        public void Add(UsageHour hour, in UsageSums sums)
        {
            if (hour != _hour)
            {
                Turn(hour);
            }

            _sums.Add(sums);
        }

        /// <summary>Every hour has one row, also when the clock comes back to one.</summary>
        private void Turn(UsageHour hour)
        {
            if (!_sums.IsEmpty)
            {
                _earlier.Add(new UsageRow(key, _hour, _sums));
            }

            var before = _earlier.FindIndex(row => row.Hour == hour);
            _sums = before < 0 ? default : _earlier[before].Sums;
            _hour = hour;
            if (before >= 0)
            {
                _earlier.RemoveAt(before);
            }
        }

        public List<UsageRow> Peek() => _sums.IsEmpty ? _earlier : [.. _earlier, new UsageRow(key, _hour, _sums)];

        public void Take(List<UsageRow> rows)
        {
            rows.AddRange(Peek());
            _earlier.Clear();
            _sums = default;
        }
    }
}
