using Petrel.Aws.EventSources;
using Petrel.Server.Services.Lambda.EventSources.Model;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>
/// One of the lines in which a shard's records go to the function: its records, in order, cut into batches, one batch at a time.
/// </summary>
internal sealed class ShardLane(int index, ShardLines lines, BatchRunner runner, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<StreamEvent> _records = [];
    private readonly List<Waiting> _waiting = [];
    private readonly Wake _wake = new();
    private WindowState? _window;
    private DateTimeOffset _firstSince;
    private bool _pressed;
    private bool _complete;

    /// <summary>Gives the lane its next record. It looks at it when it is told that there is something.</summary>
    public void Add(StreamEvent record)
    {
        lock (_lock)
        {
            if (_records.Count == 0)
            {
                _firstSince = time.GetUtcNow();
            }

            _records.Add(record);
            _waiting.Add(new Waiting(record.Json.Length, record.At));
        }
    }

    public void WakeUp() => _wake.Set();

    /// <summary>Nothing more is read until some of what is held is done: a batch goes with what there is.</summary>
    public void Press()
    {
        lock (_lock)
        {
            _pressed = _records.Count > 0;
        }

        _wake.Set();
    }

    /// <summary>Nothing more will come.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _complete = true;
        }

        _wake.Set();
    }

    /// <summary>Runs until it is stopped, or everything is done and nothing more will come.</summary>
    /// <param name="window">The window that an earlier owner left open.</param>
    public async Task RunAsync(WindowState? window, CancellationToken stopping)
    {
        _window = window;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                _wake.Reset();
                var (cut, batch) = Cut();
                if (cut.Closes)
                {
                    await runner.CloseWindowAsync(index, _window!, stopping);
                    _window = null;
                }
                else if (batch.Count > 0)
                {
                    _window = await runner.RunAsync(new LaneBatch(index, batch, cut.Window, _window), stopping);
                    lines.Done(batch);
                }
                else if (IsOver())
                {
                    return;
                }
                else
                {
                    await _wake.WaitAsync(cut.Until - time.GetUtcNow(), time, stopping);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is not done is read again by the next owner.
        }
    }

    private bool IsOver()
    {
        lock (_lock)
        {
            return _complete && _records.Count == 0 && _window is null;
        }
    }

    private (CutDecision Cut, IReadOnlyList<StreamEvent> Batch) Cut()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var cut = BatchCut.Decide(_waiting, _firstSince, _window, runner.Settings, _pressed, now);
            if (cut.Take == 0)
            {
                return (cut, []);
            }

            var batch = _records.GetRange(0, cut.Take);
            _records.RemoveRange(0, cut.Take);
            _waiting.RemoveRange(0, cut.Take);
            (_firstSince, _pressed) = (now, false);
            return (cut, batch);
        }
    }
}

/// <summary>A batch of a lane.</summary>
/// <param name="WindowStart">Of the tumbling window that it belongs to; null without windows.</param>
/// <param name="Window">The window's state so far; null when it begins with this batch.</param>
internal sealed record LaneBatch(int Lane, IReadOnlyList<StreamEvent> Records, DateTimeOffset? WindowStart, WindowState? Window);
