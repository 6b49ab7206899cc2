using Microsoft.Extensions.Logging;

namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>
/// Looks after the groups that have something unwritten or open: lines that nobody flushes reach the disk within a quarter of a second,
/// and what is idle gives its file and indexes back. Without such groups no timer runs.
/// </summary>
internal sealed partial class LogTicker : IDisposable
{
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    /// <summary>Ten seconds without a line.</summary>
    public const int IdleTicks = 40;

    private readonly Lock _lock = new();
    private readonly List<GroupLog> _groups = [];
    private readonly ITimer _timer;
    private readonly ILogger<LogTicker> _logger;
    private bool _isRunning;

    public LogTicker(TimeProvider time, ILogger<LogTicker> logger)
    {
        _logger = logger;
        _timer = time.CreateTimer(static ticker => ((LogTicker)ticker!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Groups that are looked after.</summary>
    public int ActiveGroups
    {
        get
        {
            lock (_lock)
            {
                return _groups.Count;
            }
        }
    }

    public void Add(GroupLog group)
    {
        lock (_lock)
        {
            if (group.IsTicking)
            {
                return;
            }

            group.IsTicking = true;
            _groups.Add(group);
            if (!_isRunning)
            {
                _isRunning = _timer.Change(Period, Period);
            }
        }
    }

    public void Report(GroupLocation location, Exception failure) => LogWriteFailed(location.Name, location.Account, failure);

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        lock (_lock)
        {
            _groups.RemoveAll(static group => !group.Tick(IdleTicks));
            if (_groups.Count == 0)
            {
                _isRunning = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Lines of log group {group} of account {account} were lost: they could not be written.")]
    private partial void LogWriteFailed(string group, string account, Exception failure);
}
