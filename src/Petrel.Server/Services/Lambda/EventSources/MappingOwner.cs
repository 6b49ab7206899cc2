using Petrel.Aws.EventSources;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>What owners share.</summary>
internal sealed record OwnerParts(
    MappingSources Sources, MappingParts Parts, SourceGuard Guard, CancellationToken Stopping, CancellationToken Abandoned);

/// <summary>
/// Brings about what one mapping's record says: polls it while it is enabled, with the settings it has now, and removes what is left of it
/// when it is deleted. One step after another, whatever comes in meanwhile.
/// </summary>
internal sealed class MappingOwner(MappingKey key, OwnerParts owners, Func<MappingOwner, bool> forget)
{
    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task _working = Task.CompletedTask;
    private bool _poked;
    private bool _busy;
    private MappingPoller? _poller;

    public MappingKey Key => key;

    public (string Text, DateTimeOffset At)? Result => _poller?.Run.Result;

    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return !_poked;
            }
        }
    }

    private MappingParts Parts => owners.Parts;

    /// <summary>The record may have changed.</summary>
    public void Poke()
    {
        lock (_lock)
        {
            _poked = true;
            if (!_busy && !owners.Stopping.IsCancellationRequested)
            {
                _busy = true;
                _working = Task.Run(WorkAsync, CancellationToken.None);
            }
        }
    }

    /// <summary>The daemon stops: nothing is started any more. Completes when what runs has ended, or is abandoned.</summary>
    public async Task StopAsync()
    {
        Task working;
        lock (_lock)
        {
            working = _working;
        }

        await working;
        await StopPollerAsync();
    }

    private async Task WorkAsync()
    {
        while (TakePoke())
        {
            try
            {
                await ReconcileAsync();
            }
            catch (OperationCanceledException) when (owners.Stopping.IsCancellationRequested || owners.Abandoned.IsCancellationRequested)
            {
                // What is not done is done after the next start.
            }
            catch (OwnershipLostException)
            {
                Parts.Log.OwnershipLost(key.Uuid);
            }
            catch (Exception problem)
            {
                Parts.Log.Failed(key.Uuid, problem);
                _ = PokeLaterAsync();
            }
        }
    }

    private bool TakePoke()
    {
        lock (_lock)
        {
            _busy = _poked && !owners.Stopping.IsCancellationRequested;
            _poked = false;
            return _busy;
        }
    }

    private async Task ReconcileAsync()
    {
        if (await FindAsync() is not { } mapping)
        {
            await StopPollerAsync();
            forget(this);
            return;
        }

        if (mapping.State == MappingStates.Deleting)
        {
            await StopPollerAsync();
            await RemoveAsync(mapping);
            forget(this);
            return;
        }

        if (_poller is { } poller && (!mapping.Enabled || poller.Run.Mapping.Version != mapping.Version || poller.Completion.IsCompleted))
        {
            await StopPollerAsync();
        }

        if (mapping.Enabled && _poller is null && !await StartAsync(mapping))
        {
            Parts.Log.SourceGone(key.Uuid, mapping.SourceArn);
            await SettleAsync(mapping, current => current with { Enabled = false, State = MappingStates.Disabled, Reason = "Stream not found" });
            return;
        }

        var state = mapping.Enabled ? MappingStates.Enabled : MappingStates.Disabled;
        if (mapping.State != state)
        {
            await SettleAsync(mapping, current => current with { State = state });
        }
    }

    private async Task<bool> StartAsync(MappingRecord mapping)
    {
        if (!owners.Sources.TryFind(mapping.SourceArn, out var found) || found is not IEventStream stream)
        {
            return false;
        }

        var poller = await MappingPoller.StartAsync(mapping, stream, Parts, owners.Guard, owners.Abandoned);
        _poller = poller;
        if (poller is not null)
        {
            _ = WatchAsync(poller);
        }

        return poller is not null;
    }

    /// <summary>A poller that ended by itself is looked after again: its source is gone, or something failed that nobody expected.</summary>
    private async Task WatchAsync(MappingPoller poller)
    {
        try
        {
            if (await poller.Completion != PollerEnd.SourceGone)
            {
                return;
            }
        }
        catch (Exception problem)
        {
            Parts.Log.Failed(key.Uuid, problem);
        }

        await PokeLaterAsync();
    }

    private async Task PokeLaterAsync()
    {
        await Task.Delay(RestartAfter, Parts.Time, owners.Stopping)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Poke();
    }

    private async Task StopPollerAsync()
    {
        if (_poller is { } poller)
        {
            await poller.StopAsync();
            _poller = null;
            poller.Dispose();
        }
    }

    private Task<MappingRecord?> FindAsync() => Parts.Ledger.ReadAsync(tx => MappingStore.GetAsync(tx, key), owners.Stopping);

    /// <summary>Writes the state that was reached, unless a user has changed the mapping meanwhile.</summary>
    private Task<bool> SettleAsync(MappingRecord reached, Func<MappingRecord, MappingRecord> settle) => Parts.Ledger.WriteAsync(
        async tx =>
        {
            if (await MappingStore.GetAsync(tx, key) is not { } current || current.Version != reached.Version)
            {
                return false;
            }

            MappingStore.Put(tx, current, settle(current));
            return true;
        },
        owners.Stopping);

    private Task<bool> RemoveAsync(MappingRecord mapping) => Parts.Ledger.WriteAsync(
        tx =>
        {
            MappingStore.Remove(tx, mapping);
            CheckpointStore.RemoveAll(tx, mapping.Id);
            FailureStore.RemoveAll(tx, mapping.Id);
            return new ValueTask<bool>(true);
        },
        owners.Stopping);
}
