using Petrel.Aws.EventSources;
using Petrel.Server.Services.Lambda.EventSources.Model;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>Reads one shard for a mapping, and gives its records to the lanes. It is woken by what comes in, and looks by itself now and then.</summary>
internal sealed class ShardPoller(MappingRun run, string shardId, MappingParts parts, ShardTokens tokens)
{
    private const int PageRecords = 1_000;
    private const int PageBytes = 1024 * 1024;

    private static readonly TimeSpan RescanEvery = TimeSpan.FromSeconds(5);

    private readonly Wake _wake = new();

    /// <summary>Completes when the shard is through, or the run is stopped and what was running has ended.</summary>
    /// <returns>True when the shard is closed and all of it is done.</returns>
    /// <exception cref="OwnershipLostException">A later owner has begun.</exception>
    public async Task<bool> RunAsync()
    {
        var (checkpoint, windows) = await LoadAsync();
        if (checkpoint.Ended)
        {
            return true;
        }

        using var state = new ShardState(run, shardId, ShardProgress.From(checkpoint, run.Settings.Parallelization), parts.Ledger);
        var lines = new ShardLines(parts.Buffers, Math.Max(PageRecords, 2 * run.Settings.BatchSize * state.Lanes));
        var runner = new BatchRunner(run, state, parts, tokens.Abandoned);
        await CloseOldWindowsAsync(runner, windows);
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(tokens.Stopping);
        var lanes = Enumerable.Range(0, state.Lanes).Select(index => new ShardLane(index, lines, runner, parts.Time)).ToArray();
        var running = lanes.Select((lane, index) => RunLaneAsync(lane, windows.GetValueOrDefault(index), failing)).ToArray();
        try
        {
            var ended = await ReadAsync(state, lines, lanes, failing.Token);
            await Task.WhenAll(running);
            if (ended && !failing.IsCancellationRequested)
            {
                await state.SaveAsync(null, tokens.Abandoned, ended: true);
                return true;
            }

            return false;
        }
        finally
        {
            await failing.CancelAsync();
            await Task.WhenAll(running);
            lines.Clear();
        }
    }

    /// <summary>Where this mapping is in the shard; where it begins when it was never there, which is written at once.</summary>
    public static async Task<ShardCheckpoint> BeginAsync(MappingRun run, string shardId, StreamStart start, MappingParts parts, CancellationToken cancellationToken)
    {
        var id = run.Mapping.Id;
        if (await parts.Ledger.ReadAsync(tx => CheckpointStore.GetAsync(tx, id, shardId), cancellationToken) is { } there)
        {
            return there;
        }

        var position = await parts.Ledger.RetryAsync(
            () => run.Source.FindStartAsync(run.Mapping.SourceArn, shardId, start, cancellationToken), cancellationToken);
        var checkpoint = new ShardCheckpoint([position]);
        await parts.Ledger.WriteAsync(
            run,
            tx =>
            {
                CheckpointStore.Put(tx, id, shardId, checkpoint);
                return ValueTask.CompletedTask;
            },
            cancellationToken);
        return checkpoint;
    }

    private async Task<(ShardCheckpoint Checkpoint, Dictionary<int, WindowState> Windows)> LoadAsync()
    {
        var id = run.Mapping.Id;
        return await parts.Ledger.ReadAsync(
            async tx => (
                await CheckpointStore.GetAsync(tx, id, shardId) ?? throw new OwnershipLostException(),
                await CheckpointStore.GetWindowsAsync(tx, id, shardId)),
            tokens.Stopping);
    }

    /// <summary>Windows whose lane is no longer there, or that were open when windows were switched off, end now.</summary>
    private async Task CloseOldWindowsAsync(BatchRunner runner, Dictionary<int, WindowState> windows)
    {
        foreach (var (lane, window) in windows.ToArray())
        {
            if (lane >= run.Settings.Parallelization || run.Settings.TumblingSeconds == 0)
            {
                await runner.CloseWindowAsync(lane, window, tokens.Stopping);
                windows.Remove(lane);
            }
        }
    }

    /// <summary>A lane that cannot go on ends the others too.</summary>
    private static async Task RunLaneAsync(ShardLane lane, WindowState? window, CancellationTokenSource failing)
    {
        await Task.Yield();
        try
        {
            await lane.RunAsync(window, failing.Token);
        }
        catch
        {
            await failing.CancelAsync();
            throw;
        }
    }

    /// <returns>True at the end of a closed shard.</returns>
    private async Task<bool> ReadAsync(ShardState state, ShardLines lines, ShardLane[] lanes, CancellationToken stopping)
    {
        var after = state.Low;
        try
        {
            using var subscription = await parts.Ledger.RetryAsync(
                () => run.Source.SubscribeAsync(run.Mapping.SourceArn, _wake.Set, stopping), stopping);
            while (true)
            {
                _wake.Reset();
                var from = after;
                var page = await parts.Ledger.RetryAsync(
                    () => run.Source.ReadAsync(run.Mapping.SourceArn, shardId, from, new PageLimits(PageRecords, PageBytes), stopping), stopping);
                Distribute(page, state, lines, lanes);
                after = page.Through;
                if (page.AtEnd)
                {
                    Array.ForEach(lanes, lane => lane.Complete());
                    return true;
                }

                if (page.Records.Count == 0)
                {
                    await state.SaveIfChangedAsync(stopping);
                    await _wake.WaitAsync(RescanEvery, parts.Time, stopping);
                }

                await WaitForRoomAsync(lines, lanes, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Distribute(EventPage page, ShardState state, ShardLines lines, ShardLane[] lanes)
    {
        var filtered = 0;
        foreach (var record in page.Records)
        {
            if (state.IsDone(record.Position, record.PartitionKey))
            {
                continue;
            }

            if (!run.LetsThrough(record))
            {
                filtered++;
                continue;
            }

            var lane = state.LaneOf(record.PartitionKey);
            state.Opened(lane, record.Position);
            lines.Held(record);
            lanes[lane].Add(record);
        }

        state.ReadThrough(page.Through);
        if (page.Records.Count > 0)
        {
            Array.ForEach(lanes, lane => lane.WakeUp());
        }

        if (filtered > 0)
        {
            MappingMetrics.Filtered.Add(filtered, run.Tag);
        }
    }

    private async Task WaitForRoomAsync(ShardLines lines, ShardLane[] lanes, CancellationToken stopping)
    {
        while (!lines.HasRoom)
        {
            lines.Room.Reset();
            if (lines.HasRoom)
            {
                return;
            }

            Array.ForEach(lanes, lane => lane.Press());
            await lines.Room.WaitAsync(RescanEvery, parts.Time, stopping);
        }
    }
}

/// <summary>How a run ends.</summary>
/// <param name="Stopping">Read no more, try nothing again; what runs may end and is written.</param>
/// <param name="Abandoned">Wait for nothing any more.</param>
internal readonly record struct ShardTokens(CancellationToken Stopping, CancellationToken Abandoned);
