using System.Collections.Concurrent;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Urls;

/// <summary>A function URL with what decides on access to it, as of its function's last change.</summary>
/// <param name="Policy">The resource policy of the function or the alias that the URL invokes; null when it has none.</param>
internal sealed record KnownUrl(FunctionEntry Entry, UrlRecord Url, string? Policy)
{
    public FunctionKey Function => Entry.Function.Key;

    public string Arn { get; } = Entry.Function.Key.QualifiedArn(Url.Qualifier);

    /// <summary>What the policy says to everybody; null until it was asked, or when it depends on the request.</summary>
    public bool? PublicAccess { get; set; }
}

/// <summary>Function URLs by their id, kept in memory until their function changes.</summary>
internal sealed class UrlDirectory(IStore store, FunctionCache functions)
{
    /// <summary>When there are more, all are dropped and read again as they are asked for.</summary>
    private const int MaxEntries = 20_000;

    private readonly ConcurrentDictionary<string, KnownUrl> _urls = new(StringComparer.Ordinal);

    /// <summary>Null when nobody has this URL.</summary>
    public ValueTask<KnownUrl?> FindAsync(string urlId, CancellationToken cancellationToken) =>
        _urls.TryGetValue(urlId, out var known) && !known.Entry.IsStale ? new(known) : new(ReadAsync(urlId, cancellationToken));

    private async Task<KnownUrl?> ReadAsync(string urlId, CancellationToken cancellationToken)
    {
        _urls.TryRemove(urlId, out _);
        var target = await store.ReadAsync(tx => UrlStore.FindAsync(tx, urlId), cancellationToken);
        if (target is null || await functions.FindAsync(target.Function, cancellationToken) is not { } entry)
        {
            return null;
        }

        // The entry was there before this read: a change after it makes the entry stale, and what is read here with it.
        var known = await store.ReadAsync(
            async tx =>
            {
                var url = await UrlStore.GetAsync(tx, entry.Function, target.Qualifier);
                var policy = await PolicyStore.Policies.GetAsync(tx, entry.Function, target.Qualifier);
                return url?.UrlId == urlId ? new KnownUrl(entry, url, policy?.ToJson()) : null;
            },
            cancellationToken);
        if (known is not null)
        {
            Keep(urlId, known);
        }

        return known;
    }

    private void Keep(string urlId, KnownUrl known)
    {
        if (_urls.Count >= MaxEntries)
        {
            _urls.Clear();
        }

        _urls[urlId] = known;
    }
}
