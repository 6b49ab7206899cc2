using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Petrel.Functions.Instances;
using Petrel.Functions.Pools;
using Petrel.Functions.Runtimes;

namespace Petrel.Functions.Engine;

/// <summary>
/// Runs functions. An invocation: 1 admission → 2 an idle instance, or a wait for one (<see cref="Fleet"/> decides which) → 3 the
/// instance runs it → 4 the instance is given back. What the fleet decides is done outside its lock, and never on an answer's path.
/// </summary>
internal sealed partial class FunctionEngine : IFunctionEngine, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<Slot> _live = [];
    private readonly Fleet _fleet;
    private readonly IRuntimeProvider _runtimes;
    private readonly InstanceFactory _factory;
    private readonly FunctionMetrics _metrics;
    private readonly StartHistory _starts = new();
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly long _origin;
    private readonly ITimer _timer;
    private TimeSpan _tickAt = TimeSpan.MaxValue;
    private bool _closed;

    public FunctionEngine(FleetOptions options, IRuntimeProvider runtimes, InstanceFactory factory, FunctionMetrics metrics, TimeProvider time, ILogger<FunctionEngine> log)
    {
        (_fleet, _runtimes, _factory, _metrics, _time, _log) = (new Fleet(options), runtimes, factory, metrics, time, log);
        _origin = time.GetTimestamp();
        _timer = time.CreateTimer(static self => ((FunctionEngine)self!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        metrics.Observe(() => Concurrency(), () => _fleet.Instances, () => _fleet.MemoryMb, () => _fleet.Waiting);
        metrics.Observe(WaitingRuntimes);
    }

    public RuntimeCatalogue Runtimes => _runtimes.Catalogue;

    public Task PrepareAsync(FunctionSpec spec, CancellationToken cancellationToken = default) => _factory.PrepareAsync(spec, cancellationToken);

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    public Task<InvocationResult> InvokeAsync(
        FunctionSpec spec, Invocation invocation, AdmissionLimits limits, CancellationToken abandoned = default) =>
        FunctionTraces.Wanted ? TraceAsync(spec, invocation, limits, abandoned) : RunAsync(spec, invocation, limits, span: null, abandoned);

    private async Task<InvocationResult> TraceAsync(FunctionSpec spec, Invocation invocation, AdmissionLimits limits, CancellationToken abandoned)
    {
        using var span = FunctionTraces.Begin(spec, invocation);
        try
        {
            return await RunAsync(spec, invocation, limits, span, abandoned);
        }
        catch (Exception e)
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
    }

    private async Task<InvocationResult> RunAsync(
        FunctionSpec spec, Invocation invocation, AdmissionLimits limits, Activity? span, CancellationToken abandoned)
    {
        var (admission, slot, pending) = Enter(spec, limits); // 1, 2
        if (slot is null)
        {
            slot = await WaitAsync(admission, pending!, abandoned);
        }

        var begun = _time.GetTimestamp();
        InvocationResult? result = null;
        try
        {
            using (FunctionTraces.BeginHandler(span))
            {
                result = await slot.Instance!.InvokeAsync(invocation); // 3: to its end, also when the client has gone
            }

            FunctionTraces.Finish(span, result, slot.Instance.InitEnded);
            _metrics.Invoked(spec, invocation, result);
            return result;
        }
        finally
        {
            Give(admission, slot, result, _time.GetElapsedTime(begun)); // 4
        }
    }

    private (Admission Admission, Slot? Slot, PendingInvocation? Pending) Enter(FunctionSpec spec, AdmissionLimits limits)
    {
        _metrics.Requested(spec);
        if (limits.Budget is { } budget)
        {
            _metrics.Throttled(spec, budget.Reason, cause: null);
            throw new ThrottledException(budget.Reason, budget);
        }

        var effects = default(FleetEffects);
        ThrottleReason? refusal;
        RefusalCause? cause = null;
        Admission admission;
        Slot? slot = null;
        PendingInvocation? pending = null;
        var thaw = false;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            var now = Now;
            refusal = _fleet.Admit(spec, limits, now, out admission);
            if (refusal is null && (slot = TakeUsable(admission.Pool, now, out thaw, ref effects)) is null)
            {
                pending = new PendingInvocation(spec, now);
                cause = _fleet.Wait(admission.Pool, pending, now, ref effects);
                if (cause is not null)
                {
                    admission.Pool.History.Throttles++;
                    _fleet.Leave(admission, now);
                    refusal = ThrottleReason.NodeCapacityExceeded;
                }
            }
        }

        if (pending is not null || !effects.None)
        {
            Act(effects);
        }

        if (refusal is { } reason)
        {
            _metrics.Throttled(spec, reason, cause);
            throw new ThrottledException(reason);
        }

        if (thaw)
        {
            Thaw(slot!);
        }

        return (admission, slot, pending);
    }

    /// <summary>While an instance was idle its credentials may have come near their end.</summary>
    private Slot? TakeUsable(Pool pool, TimeSpan now, out bool thaw, ref FleetEffects effects)
    {
        Slot? slot;
        while ((slot = _fleet.Take(pool, out thaw)) is { Instance.Usable: false })
        {
            _fleet.Discard(slot, now, ref effects);
        }

        return slot;
    }

    private async Task<Slot> WaitAsync(Admission admission, PendingInvocation pending, CancellationToken abandoned)
    {
        try
        {
            await using var gone = abandoned.UnsafeRegister(_ => Abandon(admission.Pool, pending), null);
            var slot = await pending.Task;
            var waited = Now - pending.Since;
            _metrics.Waited(admission.Pool.Spec, waited);
            lock (_lock)
            {
                admission.Pool.History.QueueWait += waited;
            }

            return slot;
        }
        catch (Exception e)
        {
            lock (_lock)
            {
                admission.Pool.History.Throttles += e is ThrottledException ? 1 : 0;
                _fleet.Leave(admission, Now);
            }

            throw;
        }
    }

    /// <summary>Nobody waits for the answer any more, and it has not begun: it never does.</summary>
    private void Abandon(Pool pool, PendingInvocation pending)
    {
        var effects = default(FleetEffects);
        bool waited;
        lock (_lock)
        {
            waited = _fleet.Abandon(pool, pending, Now, ref effects);
        }

        if (waited)
        {
            _metrics.Abandoned(pool.Spec);
            pending.SetException(new OperationCanceledException("The caller has gone before an instance was free."));
            Act(effects);
        }
    }

    private void Give(Admission admission, Slot slot, InvocationResult? result, TimeSpan duration)
    {
        var effects = default(FleetEffects);
        var usable = result is not null && slot.Instance!.Usable;
        bool settles;
        lock (_lock)
        {
            if (result is not null)
            {
                slot.Pool.History.Add(result);
            }

            var now = Now;
            _fleet.Release(slot, duration, usable && !_closed, now, ref effects);
            _fleet.Leave(admission, now);
            settles = _fleet.NextSettling < _tickAt;
        }

        if (settles || !effects.None)
        {
            Act(effects);
        }
    }

    public Task RetireAsync(string functionArn, IReadOnlySet<string> current, CancellationToken cancellationToken = default)
    {
        var effects = default(FleetEffects);
        lock (_lock)
        {
            _fleet.Retire(functionArn, current, Now, ref effects);
        }

        Act(effects);
        return Task.CompletedTask;
    }

    public Task ProvisionAsync(FunctionSpec spec, int instances, CancellationToken cancellationToken = default)
    {
        _metrics.Provisioned(spec, instances);
        var effects = default(FleetEffects);
        lock (_lock)
        {
            _fleet.Provision(spec, instances, Now, ref effects);
        }

        Act(effects);
        return Task.CompletedTask;
    }

    public ProvisionedState GetProvisioned(string poolKey)
    {
        lock (_lock)
        {
            return _fleet.Find(poolKey) is { } pool
                ? new ProvisionedState(pool.Provisioned.Target, Math.Min(pool.Provisioned.Target, pool.Provisioned.Ready), pool.Provisioned.Failure)
                : new ProvisionedState(0, 0, null);
        }
    }

    public int Concurrency(string? functionArn = null)
    {
        lock (_lock)
        {
            return functionArn is null ? _fleet.InFlight : _fleet.InFlightOf(functionArn);
        }
    }

    public IReadOnlyList<FunctionActivity> Activity()
    {
        Dictionary<VersionHistory, FunctionActivity> activity;
        Slot[] live;
        lock (_lock)
        {
            activity = _fleet.Activity();
            live = [.. _live];
        }

        foreach (var slot in live)
        {
            if (activity.TryGetValue(slot.Pool.History, out var row))
            {
                activity[slot.Pool.History] = row with { MemoryBytes = row.MemoryBytes + (slot.Instance?.MemoryBytes ?? 0) };
            }
        }

        return [.. activity.Values];
    }

    public StartTimeline? LastStart(string functionArn) => _starts.Find(functionArn);

    public IReadOnlyList<WaitingRuntimes> WaitingRuntimes() => _factory.WaitingRuntimes();

    /// <summary>Kills what runs; the machine is left as it was found.</summary>
    public async ValueTask DisposeAsync()
    {
        Slot[] live;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            live = [.. _live];
        }

        await _timer.DisposeAsync();
        await Task.WhenAll(live.Select(StopAsync));
    }
}
