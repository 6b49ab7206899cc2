using Microsoft.Extensions.Logging;
using Petrel.Functions.Pools;

namespace Petrel.Functions.Engine;

/// <summary>What the fleet has decided is done here: instances given, started and ended, each outside the lock.</summary>
internal sealed partial class FunctionEngine
{
    /// <param name="goOn">Whether the one invocation that gets an instance goes on on this thread, when all else has been done.</param>
    private void Act(FleetEffects effects, bool goOn = false)
    {
        goOn &= effects.Give is [_];
        foreach (var (ticket, slot) in goOn ? [] : effects.Give ?? [])
        {
            ((PendingInvocation)ticket).SetResult(slot);
        }

        foreach (var ticket in effects.Refuse ?? [])
        {
            var pending = (PendingInvocation)ticket;
            _metrics.Throttled(pending.Spec, ThrottleReason.NodeCapacityExceeded, RefusalCause.WaitedTooLong);
            pending.SetException(new ThrottledException(ThrottleReason.NodeCapacityExceeded));
        }

        foreach (var slot in effects.Start ?? [])
        {
            _metrics.Starting(slot.Pool.Spec, slot.Reason);
            _ = StartAsync(slot);
        }

        foreach (var (slot, reason) in effects.Stop ?? [])
        {
            _metrics.Stopped(slot.Pool.Spec, reason);
            _ = StopAsync(slot);
        }

        foreach (var slot in effects.Freeze ?? [])
        {
            Freeze(slot);
        }

        Arm();
        if (goOn)
        {
            var (ticket, slot) = effects.Give![0];
            ((PendingInvocation)ticket).SetResult(slot, goOn: true);
        }
    }

    /// <summary>Off the way of every request: a request that has taken it meanwhile has said so, and finds it running.</summary>
    private void Freeze(Slot slot)
    {
        lock (slot.Freezing)
        {
            if (!slot.Frozen)
            {
                return;
            }

            if (slot.Instance!.Freeze())
            {
                _metrics.Froze(slot.Pool.Spec);
            }
            else
            {
                slot.Frozen = false;
            }
        }
    }

    private void Thaw(Slot slot)
    {
        lock (slot.Freezing)
        {
            slot.Instance!.Thaw();
        }
    }

    private async Task StartAsync(Slot slot)
    {
        var begun = _time.GetTimestamp();
        var effects = default(FleetEffects);
        try
        {
            slot.Instance = _factory.Create(slot.Pool.Spec, slot.Provisioned);
            lock (_lock)
            {
                _live.Add(slot);
            }

            await Task.Yield(); // what follows is work, and no caller waits for it
            var usable = await slot.Instance.StartAsync();
            var took = _time.GetElapsedTime(begun);
            _metrics.Started(slot.Pool.Spec, slot.Instance.Start?.Kind, took, usable);
            _starts.Add(slot.Pool.Spec.FunctionArn, slot.Instance.Start!);
            lock (_lock)
            {
                _fleet.Started(slot, slot.Instance.Start?.Kind ?? StartKind.Launched, took, usable, Now, ref effects);
            }

            if (usable)
            {
                _ = WatchAsync(slot);
            }

            if (effects.Give is null)
            {
                slot.Instance.EndStart(); // for nobody who waits still
            }

            Act(effects, goOn: true);
        }
        catch (Exception e)
        {
            FailStart(slot, e);
        }
    }

    private void FailStart(Slot slot, Exception e)
    {
        var failure = e as FunctionStartException ?? new FunctionStartException("ServiceException", $"The instance could not be started: {e.Message}", e);
        EngineLog.StartFailed(_log, slot.Pool.Spec.FunctionArn, e);
        var effects = default(FleetEffects);
        Ticket? ticket;
        lock (_lock)
        {
            ticket = _fleet.StartFailed(slot, Now, ref effects);
        }

        ((PendingInvocation?)ticket)?.SetException(failure);
        Act(effects);
    }

    /// <summary>Notices an instance that ends while it is idle.</summary>
    private async Task WatchAsync(Slot slot)
    {
        await slot.Instance!.Exited;
        var effects = default(FleetEffects);
        lock (_lock)
        {
            _fleet.Lost(slot, Now, ref effects);
        }

        Act(effects);
    }

    private async Task StopAsync(Slot slot)
    {
        try
        {
            if (slot.Instance is { } instance)
            {
                await Task.Yield();
                await instance.DisposeAsync();
            }
        }
        catch (Exception e)
        {
            EngineLog.StopFailed(_log, slot.Pool.Spec.FunctionArn, e);
        }
        finally
        {
            lock (_lock)
            {
                _live.Remove(slot);
            }
        }
    }

    private void Tick()
    {
        var effects = default(FleetEffects);
        lock (_lock)
        {
            _tickAt = TimeSpan.MaxValue;
            _fleet.Tick(Now, ref effects);
        }

        Act(effects);
    }

    private void Arm()
    {
        lock (_lock)
        {
            var now = Now;
            if (!_closed && _fleet.NextTick(now) is { } next && next < _tickAt)
            {
                _tickAt = next;
                _timer.Change(next > now ? next - now : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }
    }
}

internal static partial class EngineLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "No instance of {FunctionArn} could be started")]
    public static partial void StartFailed(ILogger log, string functionArn, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An instance of {FunctionArn} could not be ended cleanly")]
    public static partial void StopFailed(ILogger log, string functionArn, Exception e);
}
