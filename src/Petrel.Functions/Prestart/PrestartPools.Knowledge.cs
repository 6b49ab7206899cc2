using Petrel.Functions.Runtimes;

namespace Petrel.Functions.Prestart;

/// <content>What is told of the pools, and what they remember.</content>
internal sealed partial class PrestartPools
{
    /// <summary>How many processes wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _entries.Values.Sum(e => e.Ready.Count);
            }
        }
    }

    /// <summary>What waits, by program.</summary>
    public IReadOnlyList<WaitingRuntimes> Describe()
    {
        lock (_lock)
        {
            return
            [
                .. _entries.Values.GroupBy(e => e.Plan.Launch.Waits ? "sandbox" : Path.GetFileName(e.Plan.Name), StringComparer.Ordinal)
                    .Select(g => new WaitingRuntimes(g.Key, g.Sum(e => e.Ready.Count), g.Sum(e => e.Ready.Count * e.Class.ProcessBytes)))
                    .OrderBy(w => w.Program, StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>How many of them can become functions of this start class.</summary>
    public int WaitingFor(BlankPlan plan)
    {
        lock (_lock)
        {
            return _entries.GetValueOrDefault(plan.Key)?.Ready.Count ?? 0;
        }
    }

    /// <summary>How often in a row such a process has not started, or has ended while it waited.</summary>
    internal int FailuresOf(BlankPlan plan)
    {
        lock (_lock)
        {
            return _entries.GetValueOrDefault(plan.Key)?.Class.Failures ?? 0;
        }
    }

    /// <summary>The host's numbers of their outermost processes.</summary>
    internal int[] ProcessIdsOf(BlankPlan plan)
    {
        lock (_lock)
        {
            return [.. _entries.GetValueOrDefault(plan.Key)?.Ready.Select(p => p.Sandbox.ProcessId) ?? []];
        }
    }

    /// <summary>The first time reads what an earlier run has seen of demand.</summary>
    private void SaveOrRestore()
    {
        if (!Enabled)
        {
            return;
        }

        if (_restored)
        {
            Save();
            return;
        }

        var remembered = _demand.Read();
        lock (_lock)
        {
            _restored = true;
            foreach (var each in remembered)
            {
                var entry = EntryOf(each.Plan);
                var before = new Demand(each.Count, Now - (_time.GetUtcNow() - each.At));
                entry.Class = entry.Class with { Demand = before.At > entry.Class.Demand.At ? before : entry.Class.Demand };
            }

            if (_closed || _entries.Count == 0)
            {
                return;
            }
        }

        Wake(TimeSpan.Zero);
    }

    private void Save()
    {
        RememberedDemand[] demand;
        lock (_lock)
        {
            var (now, clock) = (Now, _time.GetUtcNow());
            demand = [.. _entries.Values.Select(e => new RememberedDemand(e.Plan, e.Class.Demand.Count, clock - (now - e.Class.Demand.At)))];
        }

        _demand.Write(demand);
    }
}
