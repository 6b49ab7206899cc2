using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Server.Services.Lambda.Urls;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Resolution;

/// <summary>
/// Reads what the first invocation of a function asks for soon after it has been deployed or changed, so that a cold start does not: the function,
/// what its name leads to, and its URLs. It is a help and no more: what is missed here is read when it is asked for.
/// </summary>
internal sealed partial class Foresight(
    IStore store, FunctionCache cache, FunctionResolver resolver, UrlDirectory urls, TimeProvider time, ILogger<Foresight> log) : BackgroundService
{
    /// <summary>An entry is about 10 KB: a node on which many functions are deployed and few are called holds those only that are.</summary>
    private const int MaxEntries = 1_000;

    private const int MaxUrls = 10;

    /// <summary>A deployment is several changes.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(20);

    private readonly Channel<FunctionKey> _changed = Channel.CreateBounded<FunctionKey>(
        new BoundedChannelOptions(MaxEntries) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        cache.Changed += Enqueue;
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var keys = new HashSet<FunctionKey>();
            while (await _changed.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Rest, time, stoppingToken);
                while (_changed.Reader.TryRead(out var key))
                {
                    keys.Add(key);
                }

                foreach (var key in keys)
                {
                    await ReadAsync(key, stoppingToken);
                }

                keys.Clear();
            }
        }
        finally
        {
            cache.Changed -= Enqueue;
        }
    }

    private void Enqueue(FunctionKey key) => _changed.Writer.TryWrite(key);

    private async Task ReadAsync(FunctionKey key, CancellationToken cancellationToken)
    {
        if (cache.Count >= MaxEntries)
        {
            return;
        }

        try
        {
            if (await resolver.ForeseeAsync(key, qualifier: null, cancellationToken) && cache.TryGet(key, out var entry))
            {
                foreach (var url in await store.ReadAsync(tx => UrlStore.ListAsync(tx, entry.Function, after: null, MaxUrls), cancellationToken))
                {
                    await urls.FindAsync(url.UrlId, cancellationToken);
                    await resolver.ForeseeAsync(key, url.Qualifier, cancellationToken);
                }
            }
        }
        catch (Exception problem) when (problem is ServiceException or FunctionStartException or StoreException or IOException)
        {
            LogNotRead(key.Arn, problem); // Who invokes it is told.
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{FunctionArn} could not be read ahead of its first invocation.")]
    private partial void LogNotRead(string functionArn, Exception problem);
}
