using System.CommandLine;
using System.CommandLine.Completions;
using Petrel.Client;

namespace Petrel.Commands.Tables;

/// <summary>An argument that names a table; the shell completes it with those that are there.</summary>
internal static class TableArgument
{
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

    private static IEnumerable<CompletionItem> List(CompletionContext completion, CliContext context) => NameCompletion.List(
        completion, context, (api, cancellationToken) => new TablesClient(api, context.Program, context.Time).ListAsync(cancellationToken));
}
