using System.CommandLine;
using System.CommandLine.Completions;
using Petrel.Client;

namespace Petrel.Commands.Tables;

/// <summary>An argument that names a table; the shell completes it with those that are there.</summary>
internal static class TableArgument
{
    /// <summary>A shell waits for this at each press of the tabulator.</summary>
    private static readonly TimeSpan CompletionLimit = TimeSpan.FromMilliseconds(500);

    public static Argument<string> Create(CliContext context)
    {
        var argument = new Argument<string>("table") { Description = "Table", HelpName = "TABLE" };
        argument.CompletionSources.Add(completion => List(completion, context));
        return argument;
    }

    public static Argument<string[]> CreateMany(CliContext context)
    {
        var argument = new Argument<string[]>("table") { Description = "Tables", HelpName = "TABLE", Arity = ArgumentArity.OneOrMore };
        argument.CompletionSources.Add(completion => List(completion, context));
        return argument;
    }

    private static IEnumerable<CompletionItem> List(CompletionContext completion, CliContext context)
    {
        try
        {
            using var limit = new CancellationTokenSource(CompletionLimit, context.Time);
            return ListAsync(completion, context, limit.Token).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is CliException or ApiException or DaemonUnreachableException or OperationCanceledException or Server.Settings.SettingsException)
        {
            return [];
        }
    }

    private static async Task<List<CompletionItem>> ListAsync(CompletionContext completion, CliContext context, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(Connection.Find(completion.ParseResult, context), context.Time);
        var items = new List<CompletionItem>();
        await foreach (var name in new TablesClient(api, context.Program, context.Time).ListAsync(cancellationToken))
        {
            items.Add(new CompletionItem(name));
        }

        return items;
    }
}
