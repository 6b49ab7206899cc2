using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Client;

namespace Petrel.Commands;

/// <summary><c>petrel rm NAME…</c>: deletes functions.</summary>
internal sealed class RemoveCommand : Command
{
    private readonly CliContext _context;
    private readonly Argument<string[]> _names;
    private readonly Option<bool> _logs = new("--logs") { Description = "Delete their logs too" };

    public RemoveCommand(CliContext context)
        : base("rm", "Delete functions")
    {
        _context = context;
        _names = FunctionArgument.CreateMany(context);
        Arguments.Add(_names);
        Options.Add(_logs);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
        var lambda = new LambdaClient(api, _context.Time);
        foreach (var name in parse.GetRequiredValue(_names))
        {
            await lambda.DeleteAsync(name, cancellationToken);
            if (parse.GetValue(_logs))
            {
                await DeleteLogsAsync(api, name, cancellationToken);
            }

            _context.Output.Step($"{name} deleted");
        }

        return 0;
    }

    private static async Task DeleteLogsAsync(ApiClient api, string name, CancellationToken cancellationToken)
    {
        try
        {
            var group = new JsonObject { ["logGroupName"] = LogsClient.GroupOf(name.Split(':')[^1]) };
            await api.TargetAsync("logs", "Logs_20140328.DeleteLogGroup", group, cancellationToken);
        }
        catch (ApiException e) when (e.Code == "ResourceNotFoundException")
        {
            // It never ran, so it has no log.
        }
    }
}
