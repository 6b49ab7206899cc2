using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Packages;

/// <summary>
/// Brings created and updated functions from Pending to Active: unpacks code and layers, lets the engine
/// compile what must be, then says so in the store. What a restart
/// interrupted is gone on with.
/// </summary>
internal sealed partial class Preparer(
    FunctionLedger ledger, SpecFactory specs, IFunctionEngine engine, TimeProvider time, ILogger<Preparer> log)
    : IHostedService, IDisposable
{
    /// <summary>Unpacking is bound by the processor and the disk; more at once only takes longer.</summary>
    private const int Parallel = 2;

    private const int PageSize = 100;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _turns = new(Parallel);
    private readonly ConcurrentDictionary<(FunctionKey Key, string Version, ulong ConfigId), Task> _running = new();

    /// <summary>Prepares a version; the task never fails, and completes when the store says how it ended.</summary>
    public Task PrepareAsync(FunctionKey key, string version, ulong configId) =>
        _running.GetOrAdd((key, version, configId), static (what, preparer) => preparer.RunAsync(what), this);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        (FunctionKey, string)? after = null;
        while (true)
        {
            var from = after;
            var page = await ledger.ReadAsync(tx => PendingStore.ListAsync(tx, from, PageSize), cancellationToken);
            foreach (var (key, version) in page)
            {
                _ = PrepareAsync(key, version, 0);
            }

            if (page.Count < PageSize)
            {
                return;
            }

            after = page[^1];
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _stopping.CancelAsync();

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync((FunctionKey Key, string Version, ulong ConfigId) what)
    {
        await Task.Yield();
        try
        {
            for (var pause = TimeSpan.Zero; !await TryPrepareNowAsync(what.Key, what.Version); pause = Next(pause))
            {
                await Task.Delay(pause, time, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The next start goes on with it.
        }
        finally
        {
            _running.TryRemove(what, out _);
        }
    }

    /// <summary>False when the store did not answer.</summary>
    private async Task<bool> TryPrepareNowAsync(FunctionKey key, string version)
    {
        await _turns.WaitAsync(_stopping.Token);
        try
        {
            await PrepareNowAsync(key, version);
            return true;
        }
        catch (StoreException problem)
        {
            LogInterrupted(key.Arn, version, problem);
            return false;
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>The first repetition comes at once, the others at growing distances.</summary>
    private static TimeSpan Next(TimeSpan pause) =>
        pause == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : pause < LongestPause ? pause * 2 : LongestPause;

    private async Task PrepareNowAsync(FunctionKey key, string name)
    {
        var (function, version) = await ledger.ReadAsync(tx => ReadAsync(tx, key, name));
        var failure = function is not null && version is not null && FunctionPreparation.IsPending(version)
            ? await TryPrepareAsync(function, version)
            : null;
        var revision = ledger.NewRevision();
        await ledger.ChangeAsync(key, tx => FinishAsync(tx, (key, name), version?.ConfigId, failure, revision));
    }

    private async Task<StateRecord?> TryPrepareAsync(FunctionRecord function, VersionRecord version)
    {
        try
        {
            await engine.PrepareAsync(await specs.CreateAsync(function, version, CancellationToken.None), CancellationToken.None);
            return null;
        }
        catch (FunctionStartException problem)
        {
            LogFailed(function.Key.Arn, version.Version, problem.Message);
            return new StateRecord(FunctionStates.Failed, problem.Message, problem.Code);
        }
    }

    /// <summary>False when the version has changed meanwhile or is gone: then somebody else prepares it, or nobody needs to.</summary>
    private async ValueTask<bool> FinishAsync(
        IWriteTransaction tx,
        (FunctionKey Key, string Version) what,
        ulong? configId,
        StateRecord? failure,
        string revision)
    {
        var (function, version) = await ReadAsync(tx, what.Key, what.Version);
        if (function is null || version is null)
        {
            PendingStore.Remove(tx, what.Key, what.Version);
            return false;
        }

        if (version.ConfigId != configId)
        {
            return false;
        }

        PendingStore.Remove(tx, what.Key, what.Version);
        if (!FunctionPreparation.IsPending(version))
        {
            return false;
        }

        if (what.Version != VersionName.Latest)
        {
            VersionStore.Put(tx, function, FunctionPreparation.Finish(version, failure, revision));
            return true;
        }

        var finished = FunctionPreparation.Finish(function, failure, revision);
        FunctionChange.Put(tx, function, finished, ledger.Now);
        return true;
    }

    private static async ValueTask<(FunctionRecord? Function, VersionRecord? Version)> ReadAsync(IReadTransaction tx, FunctionKey key, string name)
    {
        var function = await FunctionStore.GetAsync(tx, key);
        if (function is null || name == VersionName.Latest)
        {
            return (function, function?.Latest);
        }

        return (function, VersionName.TryParse(name, out var number) ? await VersionStore.GetAsync(tx, function.Id, number) : null);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The code of {FunctionArn}:{Version} cannot be prepared: {Reason}")]
    private partial void LogFailed(string functionArn, string version, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The preparation of {FunctionArn}:{Version} was interrupted by the store and will be tried again")]
    private partial void LogInterrupted(string functionArn, string version, Exception problem);
}
