using Microsoft.Extensions.Logging;
using Petrel.Functions.Instances;
using Petrel.Functions.Sandboxes.Fork;
using Petrel.Functions.Sandboxes.Launch;

namespace Petrel.Functions.Prestart;

/// <summary>Runs fork servers as <see cref="ForkPlan"/> decides, one for a function version, never for two.</summary>
internal sealed class ForkServers : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10), StartLimit = TimeSpan.FromSeconds(20), Retry = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<Task> _ending = [];
    private readonly PrestartOptions _options;
    private readonly SandboxLauncher _launcher;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private readonly long _origin;
    private bool _closed;

    public ForkServers(PrestartOptions options, SandboxLauncher launcher, TimeProvider time, ILogger<ForkServers> log)
    {
        (_options, _launcher, _time, _log) = (options, launcher, time, log);
        _origin = time.GetTimestamp();
        _timer = time.CreateTimer(static self => ((ForkServers)self!).Act(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private bool Enabled => _options is { MemoryMb: > 0, ForkServers: > 0 } && _launcher.CanFork;

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>How many run, or are being started.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
            {
                return _entries.Values.Count(e => e.Class.Running);
            }
        }
    }

    /// <summary>Notes a cold start that found nothing waiting.</summary>
    /// <returns>The function's fork server, if it is up; to be disposed when the start is over.</returns>
    public ForkUse? Missed(InstanceSeed seed)
    {
        if (!Enabled || seed.Adapter.PlanFork(seed.Spec, seed.Runtime) is not { } command)
        {
            return null;
        }

        lock (_lock)
        {
            if (_closed)
            {
                return null;
            }

            if (!_entries.TryGetValue(seed.Spec.PoolKey, out var entry))
            {
                _entries.Add(seed.Spec.PoolKey, entry = new Entry(command, new ForkClass(seed.Spec.PoolKey, 0, Now)));
            }

            entry.Class = entry.Class.Add(Now);
            if (entry.Server is { IsUsable: true } server)
            {
                entry.Class = entry.Class with { Children = entry.Class.Children + 1 };
                return new ForkUse(server, () => Release(entry));
            }
        }

        Act();
        return null;
    }

    private void Release(Entry entry)
    {
        lock (_lock)
        {
            entry.Class = entry.Class with { Children = entry.Class.Children - 1 };
        }
    }

    private void Act()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            var now = Now;
            var decision = ForkPlan.Decide([.. _entries.Values.Select(e => e.Class)], _options, now);
            foreach (var key in decision.Stop)
            {
                Stop(_entries[key]);
            }

            if (decision.Start is { } start)
            {
                var entry = _entries[start];
                entry.Class = entry.Class with { Running = true };
                Follow(Task.Run(() => StartAsync(entry)));
            }

            foreach (var key in _entries.Where(e => ForkPlan.IsForgotten(e.Value.Class, now)).Select(e => e.Key).ToArray())
            {
                _entries.Remove(key);
            }

            _timer.Change(_entries.Count > 0 ? Look : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task StartAsync(Entry entry)
    {
        ForkServer? server = null;
        try
        {
            server = await _launcher.StartForkServerAsync(entry.Command);
            await server.Ready.WaitAsync(StartLimit, _time);
        }
        catch (Exception e)
        {
            ForkLog.Failed(_log, entry.Class.Key, e);
            if (server is not null)
            {
                await server.DisposeAsync();
                server = null;
            }
        }

        lock (_lock)
        {
            if (server is null)
            {
                entry.Class = entry.Class with { Running = false, RetryAt = Now + Retry };
            }
            else
            {
                entry.Server = server;
                if (_closed)
                {
                    Stop(entry);
                }
                else
                {
                    Follow(WatchAsync(entry, server));
                }
            }
        }
    }

    /// <summary>One that ends by itself is started anew when it is asked for.</summary>
    private async Task WatchAsync(Entry entry, ForkServer server)
    {
        await server.Ended;
        lock (_lock)
        {
            if (entry.Server == server)
            {
                Stop(entry);
                entry.Class = entry.Class with { RetryAt = Now + Retry };
            }
        }
    }

    private void Stop(Entry entry)
    {
        var server = entry.Server;
        entry.Server = null;
        entry.Class = entry.Class with { Running = false };
        if (server is not null)
        {
            Follow(server.DisposeAsync().AsTask());
        }
    }

    private void Follow(Task task)
    {
        lock (_lock)
        {
            _ending.Add(task);
        }

        _ = task.ContinueWith(
            t =>
            {
                lock (_lock)
                {
                    _ending.Remove(t);
                }
            },
            TaskScheduler.Default);
    }

    /// <summary>Their instances have been disposed before.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            foreach (var entry in _entries.Values)
            {
                Stop(entry);
            }
        }

        await _timer.DisposeAsync();
        while (true)
        {
            Task[] ending;
            lock (_lock)
            {
                ending = [.. _ending];
            }

            if (ending.Length == 0)
            {
                return;
            }

            await Task.WhenAll(ending).ContinueWith(static t => t.Exception, TaskScheduler.Default);
        }
    }

    /// <summary>What is known of one function. Used under the lock.</summary>
    private sealed class Entry(IReadOnlyList<string> command, ForkClass known)
    {
        public IReadOnlyList<string> Command => command;

        public ForkClass Class { get; set; } = known;

        public ForkServer? Server { get; set; }
    }
}

/// <summary>One start by a fork server, which is not ended while it lasts, or while what it has borne lives.</summary>
internal sealed class ForkUse(ForkServer server, Action release) : IDisposable
{
    private bool _kept;

    public ForkServer Server => server;

    /// <param name="exited">When the instance ends.</param>
    public void Keep(Task exited)
    {
        _kept = true;
        _ = exited.ContinueWith(_ => release(), TaskScheduler.Default);
    }

    public void Dispose()
    {
        if (!_kept)
        {
            release();
        }
    }
}

internal static partial class ForkLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A fork server could not be started for {Function}")]
    public static partial void Failed(ILogger log, string function, Exception e);
}
