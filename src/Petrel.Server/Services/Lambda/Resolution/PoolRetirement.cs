using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Resolution;

/// <summary>
/// Ends instances that no name leads to any more: of an updated <c>$LATEST</c>, a deleted version, a deleted function. What runs on them
/// finishes first.
/// </summary>
internal sealed partial class PoolRetirement(IStore store, FunctionCache cache, IFunctionEngine engine, ILogger<PoolRetirement> log) : BackgroundService
{
    private const int PageSize = 100;

    /// <summary>Functions that may have changed; one that is lost here is retired by its next change or by its idle time.</summary>
    private readonly Channel<FunctionKey> _changed = Channel.CreateBounded<FunctionKey>(
        new BoundedChannelOptions(10_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        cache.Changed += Enqueue;
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var key in _changed.Reader.ReadAllAsync(stoppingToken))
            {
                await RetireAsync(key, stoppingToken);
            }
        }
        finally
        {
            cache.Changed -= Enqueue;
        }
    }

    private void Enqueue(FunctionKey key) => _changed.Writer.TryWrite(key);

    private async Task RetireAsync(FunctionKey key, CancellationToken cancellationToken)
    {
        try
        {
            await engine.RetireAsync(key.Arn, await CurrentPoolsAsync(key, cancellationToken), cancellationToken);
        }
        catch (StoreException problem)
        {
            LogNotRetired(key.Arn, problem);
        }
    }

    private async Task<HashSet<string>> CurrentPoolsAsync(FunctionKey key, CancellationToken cancellationToken)
    {
        var pools = new HashSet<string>(StringComparer.Ordinal);
        if (await store.ReadAsync(tx => FunctionStore.GetAsync(tx, key), cancellationToken) is not { } function)
        {
            return pools;
        }

        pools.Add(SpecFactory.PoolKey(function, function.Running ?? function.Latest));
        for (long after = 0; ;)
        {
            var start = after;
            var page = await store.ReadAsync(tx => VersionStore.ListAsync(tx, function.Id, start, PageSize), cancellationToken);
            foreach (var version in page)
            {
                pools.Add(SpecFactory.PoolKey(function, version));
                after = long.Parse(version.Version);
            }

            if (page.Count < PageSize)
            {
                return pools;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The replaced instances of {FunctionArn} stay until they are idle: the store does not answer.")]
    private partial void LogNotRetired(string functionArn, Exception problem);
}
