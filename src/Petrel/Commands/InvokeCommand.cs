using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Terminal;

namespace Petrel.Commands;

/// <summary><c>petrel invoke NAME</c>: runs a function once and prints its answer.</summary>
internal sealed class InvokeCommand : Command
{
    private readonly CliContext _context;
    private readonly Argument<string> _name;
    private readonly Option<string?> _payload = new("--payload", "-p") { Description = "The event, as JSON", HelpName = "JSON" };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "File with the event; - is standard input", HelpName = "FILE" };
    private readonly Option<string?> _qualifier = new("--qualifier", "-q") { Description = "Version or alias" };
    private readonly Option<bool> _async = new("--async") { Description = "Hand the event over and do not wait" };
    private readonly Option<bool> _log = new("--log") { Description = "Show the end of the invocation's log" };

    public InvokeCommand(CliContext context)
        : base("invoke", "Run a function once and print its answer")
    {
        _context = context;
        _name = FunctionArgument.Create(context);
        Arguments.Add(_name);
        foreach (var option in new Option[] { _payload, _file, _qualifier, _async, _log })
        {
            Options.Add(option);
        }

        Validators.Add(result =>
        {
            if (result.GetValue(_payload) is not null && result.GetValue(_file) is not null)
            {
                result.AddError("--payload and --file exclude each other");
            }
        });
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var payload = await ReadPayloadAsync(parse, cancellationToken);
        using var api = new ApiClient(Connection.Find(parse, _context), _context.Time);
        var lambda = new LambdaClient(api, _context.Time);
        var request = new InvokeRequest(
            parse.GetRequiredValue(_name), payload, parse.GetValue(_qualifier), parse.GetValue(_async), parse.GetValue(_log) && !parse.GetValue(_async));
        var answer = await lambda.InvokeAsync(request, cancellationToken);
        if (answer.Log is { } log)
        {
            _context.Output.Notice(log.TrimEnd('\n'));
        }

        if (request.Async)
        {
            _context.Output.Step($"{request.Name} will run; see {_context.Program} logs {request.Name}");
            return 0;
        }

        return answer.FunctionError is null ? Print(answer.Payload) : Fail(request.Name, answer);
    }

    private int Print(byte[] payload)
    {
        var output = _context.Output;
        if (!output.IsTerminal)
        {
            // Exactly what the function answered: programs read it.
            output.Line(Encoding.UTF8.GetString(payload));
        }
        else if (TryParse(payload) is { } json)
        {
            output.Json(json);
        }
        else
        {
            output.Line(Encoding.UTF8.GetString(payload));
        }

        return 0;
    }

    private int Fail(string name, InvokeAnswer answer)
    {
        var error = TryParse(answer.Payload);
        _context.Output.Line(Encoding.UTF8.GetString(answer.Payload));
        var type = error?["errorType"]?.ToString();
        var message = error?["errorMessage"]?.ToString() ?? answer.FunctionError!;
        _context.Output.Error($"{name} failed: {(type is null ? message : $"{type}: {message}")}", $"its log: {_context.Program} logs {name}");
        return CommandLine.Failed;
    }

    private async Task<byte[]> ReadPayloadAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        if (parse.GetValue(_payload) is { } text)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        if (parse.GetValue(_file) is { } file and not "-")
        {
            return await File.ReadAllBytesAsync(_context.Resolve(file), cancellationToken);
        }

        return parse.GetValue(_file) == "-" || StandardInput.HasData(_context)
            ? await StandardInput.ReadAsync(cancellationToken) is { Length: > 0 } input ? input : "{}"u8.ToArray()
            : "{}"u8.ToArray();
    }

    private static JsonNode? TryParse(byte[] payload)
    {
        try
        {
            return JsonNode.Parse(payload);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
