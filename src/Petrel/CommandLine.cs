using System.CommandLine;
using Petrel.Client;
using Petrel.Commands;
using Petrel.Commands.Mappings;
using Petrel.Commands.Tables;
using Petrel.Server.Settings;
using Petrel.Storage;

namespace Petrel;

/// <summary>The commands, and how a run of one ends: 0 done, 1 failed, 2 called wrongly.</summary>
internal static class CommandLine
{
    public const int Failed = 1;
    public const int UsageError = 2;

    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    public static RootCommand CreateRoot(CliContext context)
    {
        var root = new RootCommand("Petrel runs serverless applications on machines of your own. Start with: petrel up");
        foreach (var option in new Option[] { GlobalOptions.Endpoint, GlobalOptions.Data, GlobalOptions.Config, GlobalOptions.Set })
        {
            root.Options.Add(option);
        }

        foreach (var command in Commands(context))
        {
            root.Subcommands.Add(command);
        }

        // Without a command there is nothing to do but to tell what there is.
        root.SetAction(parse => new System.CommandLine.Help.HelpAction().Invoke(parse));
        return root;
    }

    public static async Task<int> RunAsync(string[] args, CliContext context)
    {
        var parse = CreateRoot(context).Parse(args, Parser);
        var suggests = args is [var first, ..] && first.StartsWith("[suggest", StringComparison.Ordinal);
        if (parse.Errors.Count > 0 && !suggests)
        {
            return ReportUsage(parse, context);
        }

        var invocation = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            Output = context.Output.StandardOut,
            Error = context.Output.StandardError,
        };
        if (parse.CommandResult.Command is ServeCommand)
        {
            // The server stops by itself on signals, after it has drained; nothing here hurries it.
            invocation.ProcessTerminationTimeout = null;
        }

        try
        {
            return await parse.InvokeAsync(invocation);
        }
        catch (Exception e) when (Explain(e, context) is { } reason)
        {
            context.Output.Error(reason.Message, reason.Next);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    private static IEnumerable<Command> Commands(CliContext context) =>
    [
        new UpCommand(context),
        new DownCommand(context),
        new ServeCommand(context),
        new InitCommand(context),
        new DeployCommand(context),
        new DevCommand(context),
        new InvokeCommand(context),
        new LogsCommand(context),
        new ListCommand(context),
        new S3Command(context),
        new DescribeCommand(context),
        new RemoveCommand(context),
        new TableCommand(context),
        new MappingCommand(context),
        new TopCommand(context),
        new UsageCommand(context),
        new BudgetCommand(context),
        new DoctorCommand(context),
        new EnvCommand(context),
        new ConfigCommand(context),
        new KeysCommand(context),
        new BackupCommand(context),
        new RestoreCommand(context),
        new BenchCommand(context),
        new CompletionCommand(context),
    ];

    private static int ReportUsage(ParseResult parse, CliContext context)
    {
        var command = parse.CommandResult.Command;
        var path = string.Join(' ', parse.CommandResult.Command.Parents.OfType<Command>().Where(c => c is not RootCommand).Select(c => c.Name).Prepend(context.Program));
        path = command is RootCommand ? context.Program : $"{path} {command.Name}";
        var word = parse.UnmatchedTokens.Count > 0 && command is RootCommand ? parse.UnmatchedTokens[0] : null;
        var near = word is null ? null : Nearest.To(word, command.Subcommands.Select(c => c.Name));
        foreach (var error in parse.Errors.Select(e => e.Message).Distinct(StringComparer.Ordinal))
        {
            context.Output.Error(word is not null && error.Contains(word, StringComparison.Ordinal) ? $"there is no command {word}" : error, null);
            if (word is not null)
            {
                break;
            }
        }

        context.Output.Advice(near is null ? $"see: {path} --help" : $"did you mean: {context.Program} {near}");
        return UsageError;
    }

    /// <summary>What an expected failure means for the user; null for a fault of the program, which is shown as it is.</summary>
    private static CliException? Explain(Exception exception, CliContext context) => exception switch
    {
        CliException known => known,
        SettingsException settings => new CliException(string.Join('\n', settings.Problems)),
        DaemonUnreachableException gone => new CliException(gone.Message, $"start it: {context.Program} up"),
        ApiException api => new CliException(api.Describe(), api.Advice(context.Program)),
        StoreException store => new CliException(store.Message),
        HttpRequestException http => new CliException(http.Message),
        IOException or UnauthorizedAccessException => new CliException(exception.Message),
        _ => null,
    };
}
