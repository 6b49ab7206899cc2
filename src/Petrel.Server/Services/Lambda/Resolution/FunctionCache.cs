using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Resolution;

/// <summary>
/// Functions that were asked for lately, so that an invocation reads nothing from the store. A change signals the function's topic,
/// which drops its entry with everything that was derived from it.
/// </summary>
internal sealed class FunctionCache(IStore store)
{
    /// <summary>About 10 KB each; when there are more, all are dropped and read again as they are asked for.</summary>
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<FunctionKey, FunctionEntry> _entries = new();

    /// <summary>How many functions are in memory.</summary>
    public int Count => _entries.Count;

    /// <summary>Raised after a function, or something that belongs to it, has changed. Handlers must not block.</summary>
    public event Action<FunctionKey>? Changed;

    /// <summary>What is in memory of a function; asks the store for nothing.</summary>
    public bool TryGet(FunctionKey key, [NotNullWhen(true)] out FunctionEntry? entry) => _entries.TryGetValue(key, out entry);

    /// <summary>Null when there is no such function.</summary>
    public async ValueTask<FunctionEntry?> FindAsync(FunctionKey key, CancellationToken cancellationToken)
    {
        if (_entries.TryGetValue(key, out var present))
        {
            return present;
        }

        // Subscribed before the read: a change between the two makes the entry stale at once, instead of being missed.
        var entry = new FunctionEntry();
        entry.Subscription = store.Subscribe(key.Topic, () =>
        {
            Drop(key, entry);
            Changed?.Invoke(key);
        });
        var function = await store.ReadAsync(tx => FunctionStore.GetAsync(tx, key), cancellationToken);
        if (function is null)
        {
            Drop(key, entry);
            return null;
        }

        entry.Function = function;
        Keep(key, entry);
        return entry;
    }

    /// <summary>Drops what is known of a function; a writer calls it before it answers, so that the next call sees the change.</summary>
    public void Forget(FunctionKey key)
    {
        if (_entries.TryGetValue(key, out var entry))
        {
            Drop(key, entry);
        }

        Changed?.Invoke(key);
    }

    private void Keep(FunctionKey key, FunctionEntry entry)
    {
        if (_entries.Count >= MaxEntries)
        {
            foreach (var (oldKey, old) in _entries)
            {
                Drop(oldKey, old);
            }
        }

        if (_entries.TryAdd(key, entry))
        {
            if (entry.IsStale)
            {
                Drop(key, entry);
            }
        }
        else
        {
            entry.MarkStale();
        }
    }

    private void Drop(FunctionKey key, FunctionEntry entry)
    {
        _entries.TryRemove(new KeyValuePair<FunctionKey, FunctionEntry>(key, entry));
        entry.MarkStale();
    }
}

/// <summary>A function as it was read, and what has been derived from it since.</summary>
internal sealed class FunctionEntry
{
    private readonly TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FunctionRecord Function { get; set; } = null!; // set before the entry leaves the cache's FindAsync

    public IDisposable? Subscription { get; set; }

    /// <summary>What each asked qualifier leads to; the empty text stands for none.</summary>
    public ConcurrentDictionary<string, QualifierPlan> Plans { get; } = new(StringComparer.Ordinal);

    /// <summary>The resource policies that were asked for, as JSON; null where there is none. The empty text stands for no qualifier.</summary>
    public ConcurrentDictionary<string, string?> Policies { get; } = new(StringComparer.Ordinal);

    public bool IsStale => _changed.Task.IsCompleted;

    /// <summary>Completes when the function may have changed.</summary>
    public Task Changed => _changed.Task;

    public void MarkStale()
    {
        _changed.TrySetResult();
        Subscription?.Dispose();
    }
}

/// <summary>The one or two versions that a qualifier leads to.</summary>
internal sealed record QualifierPlan(ResolvedFunction Primary, ResolvedFunction? Other)
{
    public ResolvedFunction Choose(IIdSource ids)
    {
        if (Other is null)
        {
            return Primary;
        }

        var roll = (ids.NextId() >> 11) * (1.0 / (1UL << 53));
        return Primary.Alias!.Choose(roll) == Other.Version.Version ? Other : Primary;
    }
}
