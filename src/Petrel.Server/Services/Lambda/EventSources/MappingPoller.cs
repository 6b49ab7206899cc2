using Petrel.Aws.EventSources;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>Polls a mapping from when it is started with its settings until it is stopped: one poller for each shard that is to be read.</summary>
internal sealed class MappingPoller : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    private readonly MappingRun _run;
    private readonly MappingParts _parts;
    private readonly SourceGuard _guard;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _abandoned;
    private readonly Dictionary<string, Task<bool>> _shards = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);
    private CancellationTokenSource _reading;

    private MappingPoller(MappingRun run, MappingParts parts, SourceGuard guard, CancellationToken abandoned)
    {
        (_run, _parts, _guard, _abandoned) = (run, parts, guard, abandoned);
        _reading = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
    }

    public MappingRun Run => _run;

    /// <summary>How the poller ended; see <see cref="PollerEnd"/>.</summary>
    public Task<PollerEnd> Completion { get; private set; } = Task.FromResult(PollerEnd.Stopped);

    /// <summary>Takes the mapping over, and fixes where it begins in each shard that is there now.</summary>
    /// <returns>Null when the source is gone.</returns>
    public static async Task<MappingPoller?> StartAsync(
        MappingRecord mapping, IEventStream source, MappingParts parts, SourceGuard guard, CancellationToken abandoned)
    {
        var shards = await parts.Ledger.RetryAsync(() => source.ListShardsAsync(mapping.SourceArn, abandoned), abandoned);
        if (shards.Count == 0)
        {
            return null;
        }

        var epoch = await parts.Ledger.WriteAsync(tx => CheckpointStore.TakeEpochAsync(tx, mapping.Id), abandoned);
        var run = new MappingRun(mapping, source, epoch, parts.Time);
        var known = await parts.Ledger.ReadAsync(tx => CheckpointStore.ListAsync(tx, mapping.Id, 1), abandoned);
        var start = known.Count == 0 ? StartOf(mapping) : new StreamStart(StartingPoint.TrimHorizon);
        foreach (var shard in shards)
        {
            await ShardPoller.BeginAsync(run, shard.Id, start, parts, abandoned);
        }

        var poller = new MappingPoller(run, parts, guard, abandoned);
        poller.Completion = Task.Run(poller.RunAsync, CancellationToken.None);
        return poller;
    }

    /// <summary>Ends reading; completes when what was running has ended.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await ((Task)Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _reading.Dispose();
    }

    private static StreamStart StartOf(MappingRecord mapping) => mapping.StartingPosition switch
    {
        "LATEST" => new StreamStart(StartingPoint.Latest),
        "AT_TIMESTAMP" => new StreamStart(StartingPoint.AtTimestamp, mapping.StartingTimestamp ?? mapping.LastModified),
        _ => new StreamStart(StartingPoint.TrimHorizon),
    };

    private async Task<PollerEnd> RunAsync()
    {
        try
        {
            while (await LookAsync())
            {
                using var pause = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                await Task.WhenAny([.. _shards.Values, Task.Delay(LookEvery, _parts.Time, pause.Token)]);
                await pause.CancelAsync();
                await ReapAsync();
                _stopping.Token.ThrowIfCancellationRequested();
            }

            return PollerEnd.SourceGone;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested || _abandoned.IsCancellationRequested)
        {
            return PollerEnd.Stopped;
        }
        catch (OwnershipLostException)
        {
            return PollerEnd.OwnershipLost;
        }
        finally
        {
            await _stopping.CancelAsync();
            await ((Task)Task.WhenAll(_shards.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <summary>Starts what can be read now, unless the function's role has lost its rights; false when the source is gone.</summary>
    private async Task<bool> LookAsync()
    {
        if (!await _guard.AllowsAsync(_run.Mapping, _run.Source))
        {
            await StopReadingAsync();
            return true;
        }

        var shards = await _parts.Ledger.RetryAsync(
            () => _run.Source.ListShardsAsync(_run.Mapping.SourceArn, _stopping.Token), _stopping.Token);
        var there = shards.Select(shard => shard.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var shard in shards)
        {
            if (_shards.ContainsKey(shard.Id) || _ended.Contains(shard.Id))
            {
                continue;
            }

            if (shard.ParentId is null || _ended.Contains(shard.ParentId) || !there.Contains(shard.ParentId))
            {
                await ShardPoller.BeginAsync(_run, shard.Id, new StreamStart(StartingPoint.TrimHorizon), _parts, _stopping.Token);
                _shards.Add(shard.Id, new ShardPoller(_run, shard.Id, _parts, new ShardTokens(_reading.Token, _abandoned)).RunAsync());
            }
        }

        return shards.Count > 0;
    }

    private async Task StopReadingAsync()
    {
        _run.Report(ProcessingResults.NoAccess);
        _parts.Log.Waits(_run.Mapping.Uuid, ProcessingResults.NoAccess);
        await _reading.CancelAsync();
        await ReapAsync(all: true);
        _reading.Dispose();
        _reading = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
    }

    /// <summary>Takes note of shards that are through.</summary>
    private async Task ReapAsync(bool all = false)
    {
        foreach (var (id, task) in _shards.Where(shard => all || shard.Value.IsCompleted).ToArray())
        {
            _shards.Remove(id);
            if (await EndedAsync(task))
            {
                _ended.Add(id);
            }
        }
    }

    private async Task<bool> EndedAsync(Task<bool> shard)
    {
        try
        {
            return await shard;
        }
        catch (OperationCanceledException) when (_reading.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <summary>Why a poller ended.</summary>
internal enum PollerEnd
{
    Stopped,
    SourceGone,

    /// <summary>Somebody else has begun to poll the mapping.</summary>
    OwnershipLost,
}
