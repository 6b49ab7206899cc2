using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Terminal;

namespace Petrel.Commands;

/// <summary><c>petrel ls</c>: the functions.</summary>
internal sealed class ListCommand : Command
{
    /// <summary>URLs are asked for one by one; so many at a time.</summary>
    private const int UrlQuestions = 8;

    private readonly CliContext _context;
    private readonly Option<bool> _json = GlobalOptions.Json();

    public ListCommand(CliContext context)
        : base("ls", "List the functions")
    {
        _context = context;
        Options.Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
        var lambda = new LambdaClient(api, _context.Time);
        var functions = new List<JsonNode>();
        await foreach (var function in lambda.ListAsync(cancellationToken))
        {
            functions.Add(function);
        }

        var urls = new string?[functions.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = UrlQuestions, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, functions.Count, options, async (i, token) => urls[i] = await lambda.FindUrlAsync(Text(functions[i], "FunctionName"), token));
        Print(functions, urls, parse.GetValue(_json));
        return 0;
    }

    private void Print(List<JsonNode> functions, string?[] urls, bool json)
    {
        if (json)
        {
            _context.Output.Json(new JsonArray([.. functions.Select((f, i) => ToJson(f, urls[i]))]));
            return;
        }

        if (functions.Count == 0)
        {
            _context.Output.Notice("There are no functions yet.");
            _context.Output.Advice($"make one: {_context.Program} init my-function --runtime python, then {_context.Program} deploy my-function");
            return;
        }

        var table = new TextTable("Name", "Runtime", "Memory", "URL");
        for (var i = 0; i < functions.Count; i++)
        {
            table.Add(Text(functions[i], "FunctionName"), RuntimeOf(functions[i]), $"{functions[i]["MemorySize"]} MB", new Cell(urls[i] ?? "", "blue"));
        }

        _context.Output.Table(table);
    }

    private static JsonObject ToJson(JsonNode function, string? url) => new()
    {
        ["name"] = Text(function, "FunctionName"),
        ["arn"] = Text(function, "FunctionArn"),
        ["runtime"] = RuntimeOf(function),
        ["handler"] = Text(function, "Handler"),
        ["memoryMb"] = function["MemorySize"]?.GetValue<int>(),
        ["timeoutSeconds"] = function["Timeout"]?.GetValue<int>(),
        ["modified"] = Text(function, "LastModified"),
        ["url"] = url,
    };

    /// <summary>An image brings its own.</summary>
    private static string RuntimeOf(JsonNode function) => function["PackageType"]?.GetValue<string>() == "Image" ? "image" : Text(function, "Runtime");

    private static string Text(JsonNode node, string member) => node[member]?.GetValue<string>() ?? "";
}
