using Microsoft.Extensions.Hosting;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>
/// The owner of all mappings of this process. It is told of every change, finds the mappings of the last run at start, and has for each
/// one somebody who brings about what its record says.
/// </summary>
internal sealed class MappingPollers(MappingSources sources, MappingParts parts, SourceGuard guard) : BackgroundService
{
    private const int PageSize = 200;

    /// <summary>How long a stop of the daemon waits for batches that run; one that runs on is sent again after the next start.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<MappingKey, MappingOwner> _owners = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoned = new();

    /// <summary>Mappings that somebody looks after.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _owners.Count;
            }
        }
    }

    /// <summary>Called after each change of a mapping.</summary>
    public void Ensure(MappingKey key)
    {
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            if (!_owners.TryGetValue(key, out var owner))
            {
                owner = new MappingOwner(key, new OwnerParts(sources, parts, guard, _stopping.Token, _abandoned.Token), Forget);
                _owners.Add(key, owner);
            }

            owner.Poke();
        }
    }

    /// <summary>What came of the mapping's last batch since it was started; null when there was none.</summary>
    public (string Text, DateTimeOffset At)? ResultOf(MappingKey key)
    {
        lock (_lock)
        {
            return _owners.TryGetValue(key, out var owner) ? owner.Result : null;
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        MappingOwner[] owners;
        lock (_lock)
        {
            owners = [.. _owners.Values];
        }

        var stopped = Task.WhenAll(owners.Select(owner => owner.StopAsync()));
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(stopped, Task.Delay(Patience, parts.Time, pause.Token));
        await pause.CancelAsync();
        await _abandoned.CancelAsync();
        await stopped.WaitAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _stopping.Dispose();
        _abandoned.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        MappingKey? after = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var last = after;
            var page = await parts.Ledger.ReadAsync(tx => MappingStore.ListAllAsync(tx, last, PageSize), stoppingToken);
            page.ForEach(mapping => Ensure(mapping.Key));
            if (page.Count < PageSize)
            {
                return;
            }

            after = page[^1].Key;
        }
    }

    /// <summary>The mapping is gone.</summary>
    private bool Forget(MappingOwner owner)
    {
        lock (_lock)
        {
            return owner.IsIdle && _owners.Remove(owner.Key);
        }
    }
}
