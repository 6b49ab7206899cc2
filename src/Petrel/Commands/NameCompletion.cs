using System.CommandLine.Completions;
using Petrel.Client;

namespace Petrel.Commands;

/// <summary>Completes an argument with the names that the daemon knows; with nothing where it does not answer at once.</summary>
internal static class NameCompletion
{
    /// <summary>A shell waits for this at each press of the tabulator.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);

    /// <param name="names">Asks the daemon for the names.</param>
    public static IEnumerable<CompletionItem> List(
        CompletionContext completion, CliContext context, Func<ApiClient, CancellationToken, IAsyncEnumerable<string>> names)
    {
        try
        {
            using var limit = new CancellationTokenSource(Limit, context.Time);
            return ListAsync(completion, context, names, limit.Token).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is CliException or ApiException or DaemonUnreachableException or OperationCanceledException or Server.Settings.SettingsException)
        {
            return [];
        }
    }

    private static async Task<List<CompletionItem>> ListAsync(
        CompletionContext completion,
        CliContext context,
        Func<ApiClient, CancellationToken, IAsyncEnumerable<string>> names,
        CancellationToken cancellationToken)
    {
        using var api = new ApiClient(Connection.Find(completion.ParseResult, context), context.Time);
        var items = new List<CompletionItem>();
        await foreach (var name in names(api, cancellationToken))
        {
            items.Add(new CompletionItem(name));
        }

        return items;
    }
}
