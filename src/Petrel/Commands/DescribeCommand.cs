using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Terminal;

namespace Petrel.Commands;

/// <summary><c>petrel describe NAME</c>: all that there is to know of a function at a glance.</summary>
internal sealed class DescribeCommand : Command
{
    private readonly CliContext _context;
    private readonly Argument<string> _name;
    private readonly Option<bool> _json = GlobalOptions.Json();

    public DescribeCommand(CliContext context)
        : base("describe", "Show a function: configuration, instances, usage, its last start and errors")
    {
        _context = context;
        _name = FunctionArgument.Create(context);
        Arguments.Add(_name);
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var name = parse.GetRequiredValue(_name).Split(':')[^1];
        using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
        var found = await FunctionDescription.ReadAsync(name, api, _context.Time, cancellationToken)
            ?? throw new CliException($"there is no function {name}", $"see what there is: {_context.Program} ls");
        if (parse.GetValue(_json))
        {
            _context.Output.Json(found.ToJson());
            return 0;
        }

        new DescribeView(_context.Output).Print(found);
        return 0;
    }
}

/// <summary>What the daemon says of a function, put together from several of its interfaces.</summary>
internal sealed record FunctionDescription(JsonNode Function, JsonNode Activity, JsonNode Usage)
{
    public JsonNode Configuration => Function["Configuration"]!;

    public string Name => Configuration["FunctionName"]!.GetValue<string>();

    public int? Reserved => Function["Concurrency"]?["ReservedConcurrentExecutions"]?.GetValue<int>();

    public string? Url { get; private init; }

    public IReadOnlyList<JsonNode> Versions { get; private init; } = [];

    public IReadOnlyList<JsonNode> Aliases { get; private init; } = [];

    public IReadOnlyList<JsonNode> Provisioned { get; private init; } = [];

    public IReadOnlyList<JsonNode> Budgets { get; private init; } = [];

    public IEnumerable<JsonNode> Instances => Activity["functions"]!.AsArray().OfType<JsonNode>();

    public JsonNode? LastStart => Activity["detail"]?["lastStart"];

    public IEnumerable<JsonNode> Failures => (Activity["detail"]?["failures"]?.AsArray() ?? []).OfType<JsonNode>();

    /// <summary>Null when there is no such function.</summary>
    public static async Task<FunctionDescription?> ReadAsync(string name, ApiClient api, TimeProvider time, CancellationToken cancellationToken)
    {
        var lambda = new LambdaClient(api, time);
        var admin = new AdminClient(api);
        if (await lambda.FindAsync(name, cancellationToken) is not { } function)
        {
            return null;
        }

        var today = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var activity = admin.ActivityAsync(name, cancellationToken);
        var usage = admin.UsageAsync([new("function", name), new("since", today.ToString("O", CultureInfo.InvariantCulture))], cancellationToken);
        var versions = lambda.ListVersionsAsync(name, cancellationToken);
        var aliases = lambda.ListAliasesAsync(name, cancellationToken);
        var provisioned = lambda.ListProvisionedAsync(name, cancellationToken);
        var url = lambda.FindUrlAsync(name, cancellationToken);
        var budgets = admin.BudgetsAsync(cancellationToken);
        return new FunctionDescription(function, (await activity)!, (await usage)!)
        {
            Url = await url,
            Versions = [.. (await versions).Where(v => v["Version"]?.GetValue<string>() != "$LATEST")],
            Aliases = await aliases,
            Provisioned = await provisioned,
            Budgets = [.. (await budgets).Where(b => b["function"] is null || b["function"]!.GetValue<string>() == name)],
        };
    }

    public JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["configuration"] = Configuration.DeepClone(),
        ["url"] = Url,
        ["reservedConcurrency"] = Reserved,
        ["versions"] = new JsonArray([.. Versions.Select(v => v["Version"]?.DeepClone())]),
        ["aliases"] = Copy(Aliases),
        ["provisioned"] = Copy(Provisioned),
        ["budgets"] = Copy(Budgets),
        ["instances"] = Copy(Instances),
        ["lastStart"] = LastStart?.DeepClone(),
        ["failures"] = Copy(Failures),
        ["usageToday"] = Usage["total"]?.DeepClone(),
    };

    private static JsonArray Copy(IEnumerable<JsonNode> nodes) => new([.. nodes.Select(n => n.DeepClone())]);
}
