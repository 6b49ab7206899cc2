using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Petrel.Storage.RocksDb;

/// <summary>
/// The database as the lane and the readers see it: the current view, the next log position, and the way back after a failed commit.
/// RocksDB takes no writes after one, so that it is opened again; readers keep the last synced view until that moment.
/// </summary>
internal sealed partial class RecoveringDatabase : ILaneDatabase, IDisposable
{
    private static readonly TimeSpan DrainReaders = TimeSpan.FromSeconds(2);

    private readonly RocksDbSettings _settings;
    private readonly ILogger _logger;
    private readonly SpaceGuard _space;
    private readonly Lock _reopening = new();
    private RocksDatabase? _database;
    private RocksBatch? _batch;
    private RocksReader? _reader;
    private ulong _position;
    private ulong _group;
    private bool _inGroup;
    private StoreException? _failure;
    private long _triedAt;
    private volatile ReadView? _view;

    public RecoveringDatabase(RocksDbSettings settings, ILogger logger)
    {
        (_settings, _logger, _space) = (settings, logger, new SpaceGuard(settings));
        Open();
    }

    public IReadTransaction Reader => _reader!;

    /// <summary>The open database, for checkpoints and checks.</summary>
    public RocksDatabase Database => _database ?? throw new StoreException("The store is not open.", _failure);

    /// <summary>The last synced view, held for the caller, who releases it.</summary>
    public ReadView HoldView()
    {
        while (true)
        {
            if (_view is { } view)
            {
                if (view.TryHold())
                {
                    return view;
                }

                continue;
            }

            lock (_reopening)
            {
                if (_view is null)
                {
                    throw new StoreException("The store could not be opened again after a failure.", _failure);
                }
            }
        }
    }

    public void Admit(WriteBuffer writes) => _space.Admit(writes);

    public void Write(WriteBuffer writes)
    {
        _batch!.Begin(_inGroup ? null : ++_group);
        _inGroup = true;
        var position = _batch.Fill(writes, _position);
        _database!.Write(_batch.Handle);
        _position = position;
    }

    public void Sync()
    {
        _database!.Sync();
        _inGroup = false;
        var former = _view;
        _view = new ReadView(_database);
        former!.Release();
    }

    public void MarkFailed(StoreException exception) => (_failure, _triedAt) = (exception, Stopwatch.GetTimestamp());

    public StoreException? Recover()
    {
        if (_failure is null || Stopwatch.GetElapsedTime(_triedAt) < _settings.RecoverEvery || !_space.HasRoom())
        {
            return _failure;
        }

        _triedAt = Stopwatch.GetTimestamp();
        lock (_reopening)
        {
            try
            {
                if (TryClose())
                {
                    Open();
                    _failure = null;
                    LogRecovered();
                }
            }
            catch (StoreException exception)
            {
                LogStillFailed(exception);
            }
        }

        return _failure;
    }

    public void Dispose()
    {
        lock (_reopening)
        {
            TryClose();
        }
    }

    private void Open()
    {
        _database = WalRecoverer.Open(_settings, _logger);
        _reader = new RocksReader(_database, 0);
        _batch = new RocksBatch(_database, _reader);
        _position = _database.ReadMeta(RocksBatch.PositionKey);
        _view = new ReadView(_database);

        // Each group takes at least one sequence number, so that these are greater than those of earlier runs.
        _group = _database.LatestSequence + 1;
        _inGroup = false;
    }

    /// <summary>Closes the database once no reader holds the view; false when one does not let go in time.</summary>
    private bool TryClose()
    {
        if (_database is null)
        {
            return true;
        }

        var view = _view;
        _view = null;
        if (view is not null && !view.TryDrain(DrainReaders))
        {
            _view = view;
            return false;
        }

        _reader!.Dispose();
        _batch!.Dispose();
        _database.Dispose();
        (_database, _batch, _reader) = (null, null, null);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The store takes writes again.")]
    private partial void LogRecovered();

    [LoggerMessage(Level = LogLevel.Error, Message = "The store could not be opened again.")]
    private partial void LogStillFailed(Exception exception);
}
