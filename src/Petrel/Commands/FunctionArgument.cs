using System.CommandLine;
using System.CommandLine.Completions;
using Petrel.Client;

namespace Petrel.Commands;

/// <summary>An argument that names a function; the shell completes it with those that are there.</summary>
internal static class FunctionArgument
{
    public static Argument<string> Create(CliContext context)
    {
        var argument = new Argument<string>("name") { Description = "Function: its name, or an ARN", HelpName = "NAME" };
        argument.CompletionSources.Add(completion => List(completion, context));
        return argument;
    }

    public static Argument<string?> CreateOptional(CliContext context)
    {
        var argument = new Argument<string?>("name") { Description = "Function: its name, or an ARN", HelpName = "NAME", Arity = ArgumentArity.ZeroOrOne };
        argument.CompletionSources.Add(completion => List(completion, context));
        return argument;
    }

    public static Argument<string[]> CreateMany(CliContext context)
    {
        var argument = new Argument<string[]>("name") { Description = "Functions", HelpName = "NAME", Arity = ArgumentArity.OneOrMore };
        argument.CompletionSources.Add(completion => List(completion, context));
        return argument;
    }

    private static IEnumerable<CompletionItem> List(CompletionContext completion, CliContext context) => NameCompletion.List(
        completion,
        context,
        (api, cancellationToken) => new LambdaClient(api, context.Time).ListAsync(cancellationToken).Select(static function => function["FunctionName"]!.GetValue<string>()));
}
