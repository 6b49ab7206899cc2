using System.CommandLine;
using Petrel.Client;
using Petrel.Packaging;
using Petrel.Terminal;

namespace Petrel.Commands;

/// <summary><c>petrel dev FOLDER</c>: deploys at each save, and shows the log meanwhile.</summary>
internal sealed class DevCommand : Command
{
    private readonly CliContext _context;
    private readonly DeployOptions _options = new();

    public DevCommand(CliContext context)
        : base("dev", "Deploy a folder at each save and follow its log")
    {
        _context = context;
        _options.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var request = _options.Read(parse, _context);
        if (File.Exists(request.Folder))
        {
            throw new CliException($"{request.Folder} is a file; only a folder can be watched", "give the folder that it is in");
        }

        using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
        using var watch = new FolderWatch(request.Folder, _context.Time);
        var since = _context.Time.GetUtcNow();
        await DeployAsync(api, request, cancellationToken);
        _context.Output.Advice($"watching {request.Folder}; Ctrl+C ends it");
        var follow = FollowAsync(api, request.Name, since, cancellationToken);
        try
        {
            while (true)
            {
                await watch.WaitForChangeAsync(cancellationToken);
                await DeployAsync(api, request, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await follow;
            return 0;
        }
    }

    /// <summary>A mistake in the code is told and waited out: the next save may mend it.</summary>
    private async Task DeployAsync(ApiClient api, DeployRequest request, CancellationToken cancellationToken)
    {
        var output = _context.Output;
        try
        {
            var start = _context.Time.GetTimestamp();
            var deployed = await new Deployment(api, new LambdaClient(api, _context.Time)).RunAsync(request, _ => { }, cancellationToken);
            if (deployed.Outcome != DeployOutcome.Unchanged || deployed.Url is not null)
            {
                output.Step($"{DeployCommand.Describe(deployed)} in {_context.Time.GetElapsedTime(start).TotalMilliseconds:0} ms  {deployed.Url}");
            }
        }
        catch (CliException e)
        {
            output.Error(e.Message, e.Next);
        }
        catch (ApiException e)
        {
            output.Error(e.Describe(), e.Advice(_context.Program));
        }
        catch (IOException e)
        {
            // An editor was in the middle of replacing a file.
            output.Warning(e.Message);
        }
    }

    private async Task FollowAsync(ApiClient api, string name, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var printer = new LogPrinter(_context.Output);
        try
        {
            await foreach (var line in new LogsClient(api, _context.Time).FollowAsync(LogsClient.GroupOf(name), since, cancellationToken))
            {
                printer.Print(line);
            }
        }
        catch (OperationCanceledException)
        {
            // The watch has ended.
        }
        catch (Exception e) when (e is ApiException or DaemonUnreachableException)
        {
            _context.Output.Error($"the log cannot be followed any more: {e.Message}", $"is the daemon still there? {_context.Program} up");
        }
    }
}
