using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Petrel.Storage.RocksDb;

/// <summary>
/// The one thread that writes. It runs write functions one after another, each seeing all before it; hands their writes to RocksDB
/// without waiting; syncs the log once for the whole group; and only then answers, so that one sync serves as many as came meanwhile.
/// </summary>
/// <remarks>
/// Nothing is answered before the sync of its group, neither a failed condition nor a plain read: it may rest on a write of the same
/// group. A function that takes long is reported and not aborted: the lane cannot leave managed code half-way, and a pause of the
/// collector or of the machine would make errors of healthy transactions.
/// </remarks>
internal sealed partial class CommitLane : IDisposable
{
    /// <summary>How long a function may hold the lane: at 200 of these a second nothing else is written.</summary>
    private static readonly TimeSpan MaxFunctionTime = TimeSpan.FromMilliseconds(5);

    private readonly ILaneDatabase _database;
    private readonly RocksDbSettings _settings;
    private readonly SignalHub _signals;
    private readonly ILogger _logger;
    private readonly LaneInbox _inbox;
    private readonly Thread _thread;
    private readonly WriteBuffer _buffer = new();
    private readonly List<LaneRequest> _ran = [];
    private readonly HashSet<string> _topics = [];
    private StoreException? _failure;
    private bool _wrote;

    public CommitLane(ILaneDatabase database, RocksDbSettings settings, SignalHub signals, ILogger logger)
    {
        (_database, _settings, _signals, _logger) = (database, settings, signals, logger);
        _inbox = new LaneInbox(settings.MaxWaiting);
        _thread = new Thread(Run) { IsBackground = true, Name = "store lane" };
        _thread.Start();
    }

    public void Post(LaneRequest request) => _inbox.Post(request);

    /// <summary>Commits what waits, then ends the thread.</summary>
    public void Dispose()
    {
        _inbox.Close();
        _thread.Join();
    }

    private void Run()
    {
        List<LaneRequest> taken = [];
        while (_inbox.Take(ref taken))
        {
            var from = 0;
            while (from < taken.Count)
            {
                from = RunGroup(ref taken, from);
            }

            taken.Clear();
        }
    }

    /// <summary>Runs and commits one group, beginning with the request at <paramref name="from"/>; returns where the next begins.</summary>
    private int RunGroup(ref List<LaneRequest> taken, int from)
    {
        _wrote = false;
        _failure = _database.Recover();
        var started = Stopwatch.GetTimestamp();
        do
        {
            for (; from < taken.Count && _ran.Count < _settings.MaxGroup; from++)
            {
                RunOne(taken[from]);
            }

            if (from < taken.Count || _ran.Count == _settings.MaxGroup)
            {
                break;
            }

            taken.Clear();
            from = 0;
        }
        while (_inbox.TryTakeMore(ref taken));
        Commit(started);
        Answer();
        return from;
    }

    private void RunOne(LaneRequest request)
    {
        _ran.Add(request);
        if (_failure is not null)
        {
            return;
        }

        _buffer.Clear();
        var transaction = new BufferedTransaction(_database.Reader, _buffer);
        var started = Stopwatch.GetTimestamp();
        var succeeded = request.Run(transaction);
        transaction.Close();
        Report(Stopwatch.GetElapsedTime(started));
        if (succeeded)
        {
            Write(request);
        }
    }

    private void Write(LaneRequest request)
    {
        if (!_buffer.IsEmpty)
        {
            try
            {
                _database.Admit(_buffer);
            }
            catch (StoreFullException full)
            {
                request.Refuse(full);
                return;
            }

            try
            {
                _wrote = true;
                _database.Write(_buffer);
            }
            catch (StoreException exception)
            {
                Fail(exception);
                return;
            }
        }

        foreach (var topic in _buffer.Signals)
        {
            _topics.Add(topic);
        }
    }

    private void Commit(long started)
    {
        if (!_wrote || _failure is not null)
        {
            return;
        }

        try
        {
            _database.Sync();
        }
        catch (StoreException exception)
        {
            Fail(exception);
            return;
        }

        StoreMetrics.Commits.Add(1);
        StoreMetrics.Transactions.Add(_ran.Count);
        StoreMetrics.GroupSize.Record(_ran.Count);
        StoreMetrics.CommitSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private void Answer()
    {
        foreach (var request in _ran)
        {
            request.Complete(_failure);
        }

        if (_failure is null)
        {
            foreach (var topic in _topics)
            {
                Fire(topic);
            }
        }

        _ran.Clear();
        _topics.Clear();
    }

    private void Fire(string topic)
    {
        try
        {
            _signals.Fire(topic);
        }
        catch (Exception exception)
        {
            // A subscriber's fault must not end the lane; its poller rescans anyway.
            LogSubscriberFailed(exception, topic);
        }
    }

    private void Fail(StoreException exception)
    {
        _failure = exception;
        _database.MarkFailed(exception);
        LogCommitFailed(exception);
    }

    private void Report(TimeSpan took)
    {
        if (took > MaxFunctionTime)
        {
            StoreMetrics.SlowFunctions.Add(1);
            LogSlowFunction(took.TotalMilliseconds);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The store could not commit; it takes no writes until it recovers.")]
    private partial void LogCommitFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A subscriber of the signal {Topic} failed.")]
    private partial void LogSubscriberFailed(Exception exception, string topic);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A write function held the store for {Milliseconds} ms; 5 are allowed.")]
    private partial void LogSlowFunction(double milliseconds);
}

/// <summary>What the lane writes to.</summary>
internal interface ILaneDatabase
{
    /// <summary>Reads everything written so far, also what is not synced.</summary>
    IReadTransaction Reader { get; }

    /// <summary>Tries to leave a failed state; returns why writes are still refused, or null when they are not.</summary>
    StoreException? Recover();

    /// <summary>Throws <see cref="StoreFullException"/> when there is no room for the writes.</summary>
    void Admit(WriteBuffer writes);

    void Write(WriteBuffer writes);

    /// <summary>Makes everything written durable, and visible to readers.</summary>
    void Sync();

    void MarkFailed(StoreException exception);
}
