using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Petrel.Client;
using Petrel.Packaging;
using Petrel.Terminal;

namespace Petrel.Commands;

/// <summary>The options that say what a folder becomes, shared by <c>deploy</c> and <c>dev</c>.</summary>
internal sealed partial class DeployOptions
{
    private readonly Argument<string> _folder = new("folder") { Description = "Folder with the handler, or a file of WebAssembly", DefaultValueFactory = _ => "." };
    private readonly Option<string?> _name = new("--name", "-n") { Description = "Function name (default: the folder's)" };
    private readonly Option<string?> _runtime = new("--runtime", "-r") { Description = "Such as python3.13, nodejs22.x (default: found from the files)" };
    private readonly Option<string?> _handler = new("--handler") { Description = "Such as app.handler (default: found from the files)" };
    private readonly Option<string?> _http = new("--http") { Description = "Start this program, which serves HTTP on $PORT", HelpName = "COMMAND" };
    private readonly Option<int?> _memory = new("--memory") { Description = "Memory in MB (default: 256)", HelpName = "MB" };
    private readonly Option<int?> _timeout = new("--timeout") { Description = "Longest run in seconds (default: 30)", HelpName = "SECONDS" };
    private readonly Option<string[]> _environment = new("--env", "-e") { Description = "Variable for the function", HelpName = "NAME=VALUE" };
    private readonly Option<string?> _role = new("--role") { Description = "ARN of its role (default: petrel-function)", HelpName = "ARN" };
    private readonly Option<string?> _egress = new("--egress") { Description = "Where it may connect to: none, outside, all-but-private", HelpName = "POLICY" };
    private readonly Option<string?> _image = new("--image") { Description = "A container image in place of a folder: REGISTRY/NAME:TAG or an archive's file", HelpName = "IMAGE" };
    private readonly Option<bool> _noUrl = new("--no-url") { Description = "Make no URL" };

    public void AddTo(Command command)
    {
        _egress.AcceptOnlyFromAmong("none", "outside", "all-but-private");
        command.Arguments.Add(_folder);
        foreach (var option in new Option[] { _name, _runtime, _handler, _http, _memory, _timeout, _environment, _role, _egress, _image, _noUrl })
        {
            command.Options.Add(option);
        }
    }

    public DeployRequest Read(ParseResult parse, CliContext context)
    {
        var image = parse.GetValue(_image);
        if (image is not null && (parse.GetValue(_runtime) ?? parse.GetValue(_handler)) is not null)
        {
            throw new CliException("an image brings its own runtime and handler", "leave --runtime and --handler out");
        }

        var folder = context.Resolve(image is null ? parse.GetRequiredValue(_folder) : ImageFile.NameOf(image)).TrimEnd('/');
        var command = parse.GetValue(_http);
        if (command is not null && (parse.GetValue(_runtime) ?? parse.GetValue(_handler) ?? image) is not null)
        {
            throw new CliException("--http says runtime and handler at once", "leave --runtime, --handler and --image out");
        }

        var variables = parse.GetValue(_environment) ?? [];
        return new DeployRequest(folder, parse.GetValue(_name) ?? NameOf(folder))
        {
            Runtime = command is null ? parse.GetValue(_runtime) : "http",
            Handler = command ?? parse.GetValue(_handler),
            MemoryMb = parse.GetValue(_memory),
            TimeoutSeconds = parse.GetValue(_timeout),
            Role = parse.GetValue(_role),
            Egress = parse.GetValue(_egress),
            Environment = variables.Length == 0 ? null : variables.Select(Split).ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal),
            Image = image,
            WantUrl = !parse.GetValue(_noUrl),
        };
    }

    /// <summary>A folder's name as a function's: letters, digits, hyphens and underscores.</summary>
    internal static string NameOf(string folder)
    {
        var last = Path.GetFileName(folder);
        var name = NotAllowed().Replace(last.EndsWith(".wasm", StringComparison.Ordinal) ? last[..^5] : last, "-").Trim('-');
        return name.Length is > 0 and <= 64 ? name : throw new CliException($"the folder's name makes no function name: {folder}", "give one: --name NAME");
    }

    private static (string Name, string Value) Split(string pair)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? (pair[..equals], pair[(equals + 1)..]) : throw new CliException($"--env takes NAME=VALUE, not {pair}");
    }

    [GeneratedRegex("[^a-zA-Z0-9_-]+", RegexOptions.NonBacktracking)]
    private static partial Regex NotAllowed();
}

/// <summary><c>petrel deploy FOLDER</c>: a folder with a handler becomes a function.</summary>
internal sealed class DeployCommand : Command
{
    private readonly CliContext _context;
    private readonly DeployOptions _options = new();
    private readonly Option<string?> _table = new("--table") { Description = "Invoke it with the changes of this table, by its stream", HelpName = "TABLE" };
    private readonly Option<bool> _json = GlobalOptions.Json();

    public DeployCommand(CliContext context)
        : base("deploy", "Make a folder a function, or update it, and print its URL")
    {
        _context = context;
        _options.AddTo(this);
        Options.Add(_table);
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var request = _options.Read(parse, _context);
        var connection = Connection.Find(parse, _context);
        if (request.Image is { } image)
        {
            request = request with { Image = ImageFile.Publish(_context.Resolve(image), connection) ?? image };
        }

        using var api = new ApiClient(connection, _context.Time);
        var deployment = new Deployment(api, new LambdaClient(api, _context.Time));
        var output = _context.Output;
        var deployed = await output.WaitAsync($"Deploying {request.Name}", say => deployment.RunAsync(request, say, cancellationToken));
        if (parse.GetValue(_table) is { } table)
        {
            var trigger = new TableTrigger(api, new TablesClient(api, _context.Program, _context.Time), _context.Time);
            var added = await output.WaitAsync($"Listening to {table}", _ => trigger.EnsureAsync(table, request.Name, cancellationToken));
            output.Step($"{request.Name} is invoked with the changes of {table}{(added ? "" : ", as before")}");
        }

        if (parse.GetValue(_json))
        {
            output.Json(ToJson(deployed));
            return 0;
        }

        output.Step(Describe(deployed));
        if (deployed.Url is { } url)
        {
            output.Line(url);
        }

        return 0;
    }

    internal static string Describe(Deployed deployed) =>
        $"{deployed.Name} {deployed.Outcome.ToString().ToLowerInvariant()} ({deployed.Runtime}, {deployed.Handler})";

    private static JsonObject ToJson(Deployed deployed) => new()
    {
        ["name"] = deployed.Name,
        ["arn"] = deployed.Arn,
        ["runtime"] = deployed.Runtime,
        ["handler"] = deployed.Handler,
        ["outcome"] = deployed.Outcome.ToString().ToLowerInvariant(),
        ["url"] = deployed.Url,
    };
}
