using Microsoft.Extensions.Logging;
using Petrel.Functions.Instances;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Prestart;

/// <summary>
/// Keeps processes that wait for functions, as <see cref="PrestartPlan"/> decides. Taking one is quick, and whatever has to be made up for
/// is done later: refills run one after another, with the least share of the processors, and not while an invocation waits for a start.
/// </summary>
internal sealed partial class PrestartPools : IAsyncDisposable
{
    /// <summary>The daemon's own start comes first.</summary>
    private static readonly TimeSpan RestoreAfter = TimeSpan.FromSeconds(2);

    /// <summary>A kill loses this much of what is known of demand.</summary>
    private static readonly TimeSpan SaveEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly PrestartOptions _options;
    private readonly ISandboxLauncher _launcher;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly DemandFile _demand;
    private readonly ITimer _timer;
    private readonly ITimer _saving;
    private readonly long _origin;
    private Task _refill = Task.CompletedTask;
    private int _startsInProgress;
    private TimeSpan _lastStart = TimeSpan.MinValue / 2;
    private TimeSpan _refillFrom;
    private bool _restored;
    private bool _closed;

    public PrestartPools(PrestartOptions options, ISandboxLauncher launcher, TimeProvider time, ILogger<PrestartPools> log)
    {
        (_options, _launcher, _time, _log) = (options, launcher, time, log);
        _origin = time.GetTimestamp();
        _demand = new DemandFile(options.DemandFile);
        _timer = time.CreateTimer(static self => ((PrestartPools)self!).Act(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _saving = time.CreateTimer(
            static self => ((PrestartPools)self!).SaveOrRestore(), this, options.DemandFile is null ? Timeout.InfiniteTimeSpan : RestoreAfter, SaveEvery);
    }

    /// <summary>Whether runtimes are started ahead at all.</summary>
    public bool Enabled => _options.MemoryMb > 0 && _launcher.Capabilities.Root;

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>A process for a cold start, which the caller owns from now on; null when none waits. Either way it counts as demand.</summary>
    /// <param name="memoryMb">The function's memory size. The next that waits is bounded for that: functions of one language are often of one size.</param>
    public IBlankSandbox? Take(BlankPlan plan, int memoryMb)
    {
        if (!Enabled)
        {
            return null;
        }

        lock (_lock)
        {
            if (_closed)
            {
                return null;
            }

            var entry = EntryOf(plan);
            entry.MemoryMb = memoryMb;
            entry.Class = entry.Class with { Demand = entry.Class.Demand.Add(Now), Expected = Math.Max(0, entry.Class.Expected - 1) };
            while (entry.Ready.TryPop(out var process))
            {
                if (!process.Sandbox.Exited.IsCompleted)
                {
                    entry.Class = entry.Class with { Failures = 0 };
                    return process.Sandbox;
                }
            }
        }

        return null;
    }

    /// <summary>A function that can use such a process is likely to be invoked soon.</summary>
    public void Expect(BlankPlan plan, int memoryMb)
    {
        if (!Enabled)
        {
            return;
        }

        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            var entry = EntryOf(plan);
            entry.MemoryMb = memoryMb;
            entry.Class = entry.Class with { Demand = entry.Class.Demand.Touch(Now), Expected = entry.Class.Expected + 1 };
        }

        Wake(TimeSpan.Zero);
    }

    /// <summary>Says that an instance is being started for an invocation, until the result is disposed: refills wait.</summary>
    public StartInProgress BeginStart()
    {
        lock (_lock)
        {
            _startsInProgress++;
            _lastStart = Now;
        }

        return new StartInProgress(this);
    }

    private void EndStart()
    {
        lock (_lock)
        {
            _startsInProgress--;
            _lastStart = Now;
            if (_entries.Count == 0 || _closed)
            {
                return;
            }
        }

        Wake(TimeSpan.FromMilliseconds(1)); // on another thread, when the answer is on its way
    }

    private Entry EntryOf(BlankPlan plan)
    {
        if (!_entries.TryGetValue(plan.Key, out var entry))
        {
            _entries.Add(plan.Key, entry = new Entry(plan));
        }

        return entry;
    }

    private void Wake(TimeSpan after) => _timer.Change(after > TimeSpan.Zero ? after : TimeSpan.Zero, Timeout.InfiniteTimeSpan);

    /// <summary>Decides and does it; runs on the timer's thread, or behind a refill.</summary>
    private void Act()
    {
        List<WaitingProcess> stop = [];
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            var now = Now;
            var state = new PrestartState([.. _entries.Values.Select(e => e.Class with { Waiting = e.Ready.Count })], _startsInProgress, _lastStart, _refillFrom);
            var decision = PrestartPlan.Decide(state, _options, now);
            foreach (var (key, count) in decision.Stop)
            {
                for (var i = 0; i < count && _entries[key].Ready.TryPop(out var process); i++)
                {
                    stop.Add(process);
                }
            }

            foreach (var key in decision.Forget)
            {
                _entries.Remove(key);
            }

            if (decision.Start is { } start)
            {
                var entry = _entries[start];
                entry.Class = entry.Class with { Refilling = true };
                _refill = Task.Run(() => RefillAsync(entry));
            }

            if (decision.Again is { } again)
            {
                Wake(again - now);
            }
        }

        foreach (var process in stop)
        {
            _ = EndAsync(process);
        }
    }

    private async Task RefillAsync(Entry entry)
    {
        var begun = _time.GetTimestamp();
        WaitingProcess? process = null;
        try
        {
            process = await WaitingProcess.StartAsync(_launcher, SpecOf(entry), _time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return; // the daemon ends
        }
        catch (Exception e)
        {
            PrestartLog.Failed(_log, entry.Plan.Name, e);
        }

        var took = _time.GetElapsedTime(begun);
        var late = false;
        lock (_lock)
        {
            var cpu = process?.Sandbox.CpuTime ?? took;
            _refillFrom = Now + (cpu * (100.0 / _options.CpuPercent)) - took;
            if (process is null)
            {
                Fail(entry);
            }
            else
            {
                entry.Class = entry.Class with
                {
                    ProcessBytes = entry.Measure(process.Sandbox.MemoryBytes),
                    RefillTime = (entry.Class.RefillTime + took) / 2,
                };
                late = _closed;
                if (!late)
                {
                    entry.Ready.Push(process);
                }
            }

            entry.Class = entry.Class with { Refilling = false };
        }

        if (late)
        {
            await EndAsync(process!);
        }
        else if (process is not null)
        {
            _ = WatchAsync(entry, process);
        }

        Act();
    }

    private static BlankSpec SpecOf(Entry entry) => new()
    {
        Plan = entry.Plan.Launch,
        Environment = FunctionEnvironment.Blank(entry.Plan.Launch),
        MemoryMb = entry.Plan.MemoryMb ?? entry.MemoryMb,
    };

    private void Fail(Entry entry)
    {
        var failures = entry.Class.Failures + 1;
        entry.Class = entry.Class with { Failures = failures, RetryAt = Now + PrestartPlan.BackOff(failures) };
    }

    /// <summary>Notices a process that ends while it waits.</summary>
    private async Task WatchAsync(Entry entry, WaitingProcess process)
    {
        var exit = await process.Sandbox.Exited;
        lock (_lock)
        {
            if (!entry.Ready.Contains(process))
            {
                return; // it was taken, or ended by us
            }

            var others = entry.Ready.Where(p => p != process).Reverse().ToArray();
            entry.Ready.Clear();
            Array.ForEach(others, entry.Ready.Push);
            Fail(entry);
        }

        PrestartLog.Ended(_log, entry.Plan.Name, exit.Code, process.Sandbox.Said);
        await EndAsync(process);
        Wake(TimeSpan.Zero);
    }

    private async Task EndAsync(WaitingProcess process)
    {
        try
        {
            await process.Sandbox.DisposeAsync();
        }
        catch (Exception e)
        {
            PrestartLog.EndFailed(_log, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        WaitingProcess[] waiting;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            waiting = [.. _entries.Values.SelectMany(e => e.Ready)];
            foreach (var entry in _entries.Values)
            {
                entry.Ready.Clear();
            }
        }

        await _stopping.CancelAsync();
        await _timer.DisposeAsync();
        await _saving.DisposeAsync();
        if (_restored)
        {
            Save();
        }

        await _refill;
        await Task.WhenAll(waiting.Select(EndAsync));
        _stopping.Dispose();
    }

    /// <summary>One class, and what waits of it. Used under the pools' lock.</summary>
    private sealed class Entry(BlankPlan plan)
    {
        private long _leastBytes = long.MaxValue;

        public BlankPlan Plan => plan;

        /// <summary>Of the function that was last seen.</summary>
        public int MemoryMb { get; set; } = 128;

        public StartClass Class { get; set; } = new(plan.Key);

        public Stack<WaitingProcess> Ready { get; } = new();

        /// <summary>The kernel charges pages of programs and libraries, which all share, to whoever needs them first: the least is the process's own.</summary>
        public long Measure(long bytes) => _leastBytes = Math.Clamp(bytes, 1 << 20, _leastBytes);
    }

    /// <summary>A start that refills wait for; disposed once.</summary>
    internal sealed class StartInProgress(PrestartPools pools) : IDisposable
    {
        public void Dispose() => pools.EndStart();
    }
}

internal static partial class PrestartLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A runtime could not be started ahead: {Program}")]
    public static partial void Failed(ILogger log, string program, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A waiting runtime has ended: {Program}, exit code {Code}: {Said}")]
    public static partial void Ended(ILogger log, string program, int code, string said);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A waiting runtime could not be ended cleanly")]
    public static partial void EndFailed(ILogger log, Exception e);
}
