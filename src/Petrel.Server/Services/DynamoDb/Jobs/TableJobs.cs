using System.Collections.Frozen;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Jobs;

/// <summary>
/// Runs the jobs that stand in the store, a step of each in turn, until none is left; those that a kill cut short go on at the next start.
/// Between steps it rests as long as the last one took, so that at least half of the store's time is for requests.
/// </summary>
internal sealed partial class TableJobs(
    IStore store, IEnumerable<ITableWork> works, ChunkSize chunk, TimeProvider time, ILogger<TableJobs> logger) : BackgroundService
{
    /// <summary>Jobs in turn at once; more wait for one of these to end.</summary>
    private const int MaxInTurn = 100;

    private static readonly TimeSpan RescanEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly FrozenDictionary<JobKind, ITableWork> _works = works.ToFrozenDictionary(static work => work.Kind);

    /// <summary>One step of each job; false when there was none.</summary>
    /// <exception cref="StoreException">A step failed; those of the other jobs were made all the same.</exception>
    public async Task<bool> RunRoundAsync(CancellationToken cancellationToken)
    {
        var jobs = await store.ReadAsync(static tx => JobStore.ListAsync(tx, MaxInTurn), cancellationToken);
        StoreException? failure = null;
        foreach (var job in jobs)
        {
            try
            {
                await _works[job.Kind].StepAsync(job, cancellationToken);
            }
            catch (StoreException failed)
            {
                JobMetrics.Failures.Add(1);
                LogStepFailed(failed, job.Kind, job.Key.Arn);
                failure = failed;
            }

            await RestAsync(chunk.LastTook, cancellationToken);
        }

        return failure is null ? jobs.Count > 0 : throw failure;
    }

    /// <summary>Runs until there are no jobs.</summary>
    public async Task RunAllAsync(CancellationToken cancellationToken)
    {
        while (await RunRoundAsync(cancellationToken))
        {
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        TableStore.WarmUp();
        using var wake = new SemaphoreSlim(0);
        using var subscription = store.Subscribe(JobStore.Topic, () => Wake(wake));
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = RescanEvery;
            try
            {
                await RunAllAsync(stoppingToken);
            }
            catch (StoreException)
            {
                wait = AfterFailure;
            }

            await WaitAsync(wake, wait, stoppingToken);
        }
    }

    private Task RestAsync(TimeSpan took, CancellationToken cancellationToken) =>
        took < TimeSpan.FromMilliseconds(1) ? Task.CompletedTask : Task.Delay(took, time, cancellationToken);

    private async Task WaitAsync(SemaphoreSlim wake, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(wake.WaitAsync(stopped.Token), Task.Delay(limit, time, stopped.Token));
        await stopped.CancelAsync();
    }

    private static void Wake(SemaphoreSlim wake)
    {
        if (wake.CurrentCount == 0)
        {
            wake.Release();
        }
    }

    [LoggerMessage(LogLevel.Warning, "A step of the job {Kind} on {Table} failed; it is tried again.")]
    private partial void LogStepFailed(Exception failure, JobKind kind, string table);
}
