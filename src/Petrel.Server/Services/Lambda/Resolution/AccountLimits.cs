using System.Collections.Concurrent;
using Petrel.Functions;
using Petrel.Server.Metering.Api;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Server.Settings;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Resolution;

/// <summary>
/// What the functions of an account without reservation share: its concurrency less all reservations; kept in memory. And whether a budget
/// lets nothing start.
/// </summary>
internal sealed class AccountLimits(IStore store, PetrelOptions options, IBudgetGuard? budgets = null)
{
    private readonly ConcurrentDictionary<(string Account, string Region), Entry> _entries = new();

    public int AccountConcurrency => options.Functions.AccountConcurrency;

    /// <summary>Null while the function may start.</summary>
    public BudgetRefusal? BudgetOf(FunctionKey function) => budgets?.Check(function.Account, function.Region, function.Name);

    public bool TryGetUnreserved(string account, string region, out int unreserved)
    {
        var known = _entries.TryGetValue((account, region), out var entry);
        unreserved = entry?.Unreserved ?? 0;
        return known;
    }

    public async ValueTask<int> GetUnreservedAsync(string account, string region, CancellationToken cancellationToken)
    {
        if (TryGetUnreserved(account, region, out var known))
        {
            return known;
        }

        var entry = new Entry();
        entry.Subscription = store.Subscribe(AccountStore.Topic(account, region), () => Drop(account, region, entry));
        var reserved = await store.ReadAsync(tx => AccountStore.GetReservedAsync(tx, account, region), cancellationToken);
        entry.Unreserved = AccountConcurrency - (int)reserved;
        if (!_entries.TryAdd((account, region), entry) || entry.IsStale)
        {
            Drop(account, region, entry);
        }

        return entry.Unreserved;
    }

    /// <summary>A writer calls it before it answers, so that the next invocation sees the change.</summary>
    public void Forget(string account, string region)
    {
        if (_entries.TryGetValue((account, region), out var entry))
        {
            Drop(account, region, entry);
        }
    }

    private void Drop(string account, string region, Entry entry)
    {
        entry.IsStale = true;
        _entries.TryRemove(new KeyValuePair<(string, string), Entry>((account, region), entry));
        entry.Subscription?.Dispose();
    }

    private sealed class Entry
    {
        public volatile bool IsStale;

        public int Unreserved { get; set; }

        public IDisposable? Subscription { get; set; }
    }
}
