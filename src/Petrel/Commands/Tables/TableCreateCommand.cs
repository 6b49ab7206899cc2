using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Tables;

namespace Petrel.Commands.Tables;

/// <summary><c>petrel table create TABLE --key id</c>: makes a table that is paid by the request.</summary>
internal sealed class TableCreateCommand : TableSubcommand
{
    private const string KeyForm = "NAME[:S|N|B]";

    private readonly Argument<string> _table = new("table") { Description = "Its name", HelpName = "TABLE" };
    private readonly Option<string> _key = new("--key") { Description = "Partition key (a string unless it says otherwise)", HelpName = KeyForm, Required = true };
    private readonly Option<string?> _sort = new("--sort") { Description = "Sort key", HelpName = KeyForm };
    private readonly Option<bool> _stream = new("--stream") { Description = "Keep a stream of changes, with new and old images" };
    private readonly Option<string?> _expiry = new("--expiry") { Description = "Items expire at the time in this attribute", HelpName = "ATTRIBUTE" };

    public TableCreateCommand(CliContext context)
        : base(context, "create", "Make a table")
    {
        Arguments.Add(_table);
        Add(_key, _sort, _stream, _expiry);
    }

    protected override async Task<int> RunAsync(TablesClient tables, ParseResult parse, CancellationToken cancellationToken)
    {
        var name = parse.GetRequiredValue(_table);
        KeyAttribute[] keys = parse.GetValue(_sort) is { } sort ? [Key(parse.GetRequiredValue(_key)), Key(sort)] : [Key(parse.GetRequiredValue(_key))];
        var request = new JsonObject
        {
            ["TableName"] = name,
            ["BillingMode"] = "PAY_PER_REQUEST",
            ["AttributeDefinitions"] = new JsonArray([.. keys.Select(k => new JsonObject { ["AttributeName"] = k.Name, ["AttributeType"] = k.Type })]),
            ["KeySchema"] = new JsonArray([.. keys.Select((k, i) => new JsonObject { ["AttributeName"] = k.Name, ["KeyType"] = i == 0 ? "HASH" : "RANGE" })]),
        };
        if (parse.GetValue(_stream))
        {
            request["StreamSpecification"] = new JsonObject { ["StreamEnabled"] = true, ["StreamViewType"] = "NEW_AND_OLD_IMAGES" };
        }

        await tables.CreateAsync(request, cancellationToken);
        if (parse.GetValue(_expiry) is { } attribute)
        {
            var expiry = new JsonObject { ["Enabled"] = true, ["AttributeName"] = attribute };
            await tables.CallAsync("UpdateTimeToLive", new JsonObject { ["TableName"] = name, ["TimeToLiveSpecification"] = expiry }, cancellationToken);
        }

        Output.Step($"{name} created");
        return 0;
    }

    private static KeyAttribute Key(string text)
    {
        var colon = text.LastIndexOf(':');
        var (name, type) = colon < 0 ? (text, "S") : (text[..colon], text[(colon + 1)..].ToUpperInvariant());
        return name.Length > 0 && type is "S" or "N" or "B" ? new KeyAttribute(name, type) : throw new CliException($"a key is {KeyForm}, not {text}");
    }
}
