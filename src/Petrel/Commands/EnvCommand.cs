using System.CommandLine;
using System.Text.Json.Nodes;
using Petrel.Client;

namespace Petrel.Commands;

/// <summary><c>petrel env</c>: the variables by which SDKs and tools find this daemon, in the words of a shell.</summary>
internal sealed class EnvCommand : Command
{
    private readonly CliContext _context;
    private readonly Option<string> _shell;
    private readonly Option<bool> _json = GlobalOptions.Json();

    public EnvCommand(CliContext context)
        : base("env", "Print the variables for SDKs and the AWS CLI: eval \"$(petrel env)\"")
    {
        _context = context;
        _shell = new Option<string>("--shell") { Description = "bash, zsh, fish or pwsh", DefaultValueFactory = _ => ShellOf(context.Environment["SHELL"]) };
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        Options.Add(_shell);
        Options.Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult parse)
    {
        var variables = Variables(Connection.Find(parse, _context));
        if (parse.GetValue(_json))
        {
            _context.Output.Json(new JsonObject(variables.Select(v => KeyValuePair.Create(v.Name, (JsonNode?)v.Value))));
            return 0;
        }

        foreach (var (name, value) in variables)
        {
            _context.Output.Line(Export(parse.GetValue(_shell)!, name, value));
        }

        return 0;
    }

    internal static (string Name, string Value)[] Variables(Connection connection) =>
    [
        ("AWS_ENDPOINT_URL", connection.Endpoint.GetLeftPart(UriPartial.Authority)),
        ("AWS_ACCESS_KEY_ID", connection.Credentials.AccessKeyId),
        ("AWS_SECRET_ACCESS_KEY", connection.Credentials.SecretAccessKey),
        .. connection.Credentials.SessionToken is { } token ? [("AWS_SESSION_TOKEN", token)] : Array.Empty<(string, string)>(),
        ("AWS_REGION", connection.Region),
        ("AWS_DEFAULT_REGION", connection.Region),
    ];

    /// <summary>Quotes are needed for none of the usual values, and harm none.</summary>
    internal static string Export(string shell, string name, string value) => shell switch
    {
        "fish" => $"set -gx {name} '{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'",
        "pwsh" => $"$Env:{name} = '{value.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => $"export {name}='{value.Replace("'", "'\\''", StringComparison.Ordinal)}'",
    };

    private static string ShellOf(string? program) => Path.GetFileName(program) switch
    {
        "fish" => "fish",
        "pwsh" => "pwsh",
        "zsh" => "zsh",
        _ => "bash",
    };
}
