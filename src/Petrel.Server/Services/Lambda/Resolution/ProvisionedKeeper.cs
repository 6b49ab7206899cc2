using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Resolution;

/// <summary>Tells the engine how many initialised instances each version is to have, whenever that may have changed and after a start.</summary>
internal sealed partial class ProvisionedKeeper(FunctionLedger ledger, SpecFactory specs, IFunctionEngine engine, TimeProvider time, ILogger<ProvisionedKeeper> log)
    : BackgroundService
{
    private const int PageSize = 100;

    /// <summary>Between tries to read what is stored.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<FunctionKey, Told> _functions = new();

    /// <summary>Brings the engine to what is stored of a function. Never fails: what is wrong shows in the configuration's status.</summary>
    public async Task ReconcileAsync(FunctionKey key)
    {
        var told = await EnterAsync(key);
        try
        {
            await ReconcileAsync(key, told.Pools);
        }
        catch (Exception problem) when (problem is FunctionStartException or StoreException)
        {
            LogFailed(key.Arn, problem.Message);
        }
        finally
        {
            if (told.Pools.Count == 0)
            {
                _functions.TryRemove(new KeyValuePair<FunctionKey, Told>(key, told));
            }

            told.Turn.Release();
        }
    }

    /// <summary>How many instances of a configuration are ready, and why there are not more.</summary>
    public ProvisionedState GetState(FunctionRecord function, IEnumerable<(VersionRecord Version, int Instances)> share)
    {
        var (requested, available, reason) = (0, 0, (string?)null);
        foreach (var (version, instances) in share)
        {
            var state = engine.GetProvisioned(SpecFactory.PoolKey(function, version));
            requested += instances;
            available += Math.Min(state.Available, instances);
            reason ??= state.FailureReason;
        }

        return new ProvisionedState(requested, available, reason);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Key? after = null;
        while (true)
        {
            try
            {
                after = await ReconcilePageAsync(after, stoppingToken);
            }
            catch (StoreException problem)
            {
                LogNotListed(problem);
                await Task.Delay(Pause, time, stoppingToken);
                continue;
            }

            if (after is null)
            {
                return;
            }
        }
    }

    private async Task<Key?> ReconcilePageAsync(Key? after, CancellationToken cancellationToken)
    {
        var (page, last) = await ledger.ReadAsync(tx => ProvisionedStore.ListAllAsync(tx, after, PageSize), cancellationToken);
        foreach (var key in page.Select(name => name.Function).Distinct())
        {
            await ReconcileAsync(key);
        }

        return last;
    }

    /// <summary>Waits for the function's turn. What is removed while somebody waits for it counts no longer: he takes the next one.</summary>
    private async Task<Told> EnterAsync(FunctionKey key)
    {
        while (true)
        {
            var told = _functions.GetOrAdd(key, static _ => new Told());
            await told.Turn.WaitAsync();
            if (_functions.TryGetValue(key, out var present) && present == told)
            {
                return told;
            }

            told.Turn.Release();
        }
    }

    private async Task ReconcileAsync(FunctionKey key, Dictionary<string, (FunctionSpec Spec, int Instances)> told)
    {
        var (function, wanted) = await ledger.ReadAsync(tx => ReadAsync(tx, key));
        var specifications = new Dictionary<string, (FunctionSpec Spec, int Instances)>(StringComparer.Ordinal);
        foreach (var (version, instances) in wanted)
        {
            var spec = await specs.CreateAsync(function!, version, CancellationToken.None);
            specifications[spec.PoolKey] = (spec, instances);
        }

        foreach (var (pool, (spec, _)) in told.Where(pair => !specifications.ContainsKey(pair.Key)).ToArray())
        {
            told.Remove(pool);
            await engine.ProvisionAsync(spec, 0);
        }

        foreach (var (pool, (spec, instances)) in specifications)
        {
            if (!told.TryGetValue(pool, out var before) || before.Instances != instances)
            {
                told[pool] = (spec, instances);
                await engine.ProvisionAsync(spec, instances);
            }
        }
    }

    private static async ValueTask<(FunctionRecord? Function, List<(VersionRecord Version, int Instances)> Wanted)> ReadAsync(
        IReadTransaction tx,
        FunctionKey key)
    {
        var wanted = new List<(VersionRecord, int)>();
        var function = await FunctionStore.GetAsync(tx, key);
        string? after = null;
        while (function is not null)
        {
            var page = await ProvisionedStore.ListAsync(tx, function, after, PageSize);
            foreach (var config in page)
            {
                wanted.AddRange(await ShareAsync(tx, function, config));
            }

            if (page.Count < PageSize)
            {
                break;
            }

            after = page[^1].Qualifier;
        }

        return (function, wanted);
    }

    /// <summary>The versions that a configuration means now.</summary>
    public static async ValueTask<List<(VersionRecord Version, int Instances)>> ShareAsync(
        IReadTransaction tx,
        FunctionRecord function,
        ProvisionedRecord config)
    {
        var alias = VersionName.TryParse(config.Qualifier, out _) ? null : await AliasStore.Aliases.GetAsync(tx, function, config.Qualifier);
        var share = new List<(VersionRecord, int)>(2);
        foreach (var (name, instances) in ProvisionedPlan.Share(config, alias))
        {
            if (VersionName.TryParse(name, out var number) && await VersionStore.GetAsync(tx, function.Id, number) is { } version)
            {
                share.Add((version, instances));
            }
        }

        return share;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is provisioned cannot be read; trying again.")]
    private partial void LogNotListed(Exception problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Provisioned instances of {FunctionArn} cannot be started: {Reason}")]
    private partial void LogFailed(string functionArn, string reason);

    private sealed class Told
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public Dictionary<string, (FunctionSpec Spec, int Instances)> Pools { get; } = new(StringComparer.Ordinal);
    }
}
