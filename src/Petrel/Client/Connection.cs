using System.CommandLine;
using Petrel.Daemon;
using Petrel.Server.Settings;

namespace Petrel.Client;

/// <summary>Which daemon a command talks to, and as whom.</summary>
/// <param name="Options">The settings from which it was found.</param>
internal sealed record Connection(Uri Endpoint, string Region, Credentials Credentials, PetrelOptions Options)
{
    public const string DefaultRegion = "us-east-1";

    /// <summary>
    /// The daemon is named by <c>--endpoint</c>, <c>PETREL_ENDPOINT</c> or <c>AWS_ENDPOINT_URL</c>, else it is the one of the data folder, whose
    /// root key is at hand. Credentials of the environment are sent only to a daemon that was named: they may belong to another cloud.
    /// </summary>
    public static Connection Find(ParseResult parse, CliContext context)
    {
        var settings = SettingsLoader.Load(context.Environment, GlobalOptions.ToSettings(parse), context.WorkingFolder);
        var environment = context.Environment;
        var named = parse.GetValue(GlobalOptions.Endpoint) ?? FromVariable("PETREL_ENDPOINT") ?? FromVariable("AWS_ENDPOINT_URL");
        var daemon = DaemonFile.TryRead(settings.Options.Storage.Data);
        var endpoint = named ?? daemon?.Endpoint ?? DefaultEndpoint(settings.Options.Edge);
        var region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? DefaultRegion;
        var credentials = (named is null ? null : Credentials.FromEnvironment(environment)) ?? Credentials.OfRoot(settings.Options.Storage, daemon);
        return new Connection(endpoint, region, credentials, settings.Options);

        Uri? FromVariable(string name) => environment[name] is { } text
            ? Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : throw new CliException($"{name} is not a URL: {text}")
            : null;
    }

    /// <summary>The name under which clients reach the daemon: <c>localhost</c> where it listens on loopback.</summary>
    public static Uri DefaultEndpoint(EdgeOptions edge) => new($"http://{HostName(edge.Bind)}:{edge.Port}");

    private static string HostName(string bind) => bind switch
    {
        "127.0.0.1" or "::1" or "localhost" or "0.0.0.0" or "::" => "localhost",
        _ when bind.Contains(':', StringComparison.Ordinal) => $"[{bind}]",
        _ => bind,
    };
}

internal sealed record Credentials(string AccessKeyId, string SecretAccessKey, string? SessionToken = null)
{
    public static Credentials? FromEnvironment(EnvironmentReader environment) =>
        environment["AWS_ACCESS_KEY_ID"] is { } id && environment["AWS_SECRET_ACCESS_KEY"] is { } secret
            ? new Credentials(id, secret, environment["AWS_SESSION_TOKEN"])
            : null;

    /// <summary>
    /// The newest generated root key that the daemon knows: it reads them when it starts. Where none was generated, the open one of loopback.
    /// </summary>
    public static Credentials OfRoot(StorageOptions storage, DaemonFile? daemon)
    {
        var known = RootKeyFile.Read(storage).Where(k => daemon is null || k.Created <= daemon.Started);
        var key = known.MaxBy(k => k.Created) ?? RootKeyFile.Loopback;
        return new Credentials(key.AccessKeyId, key.SecretAccessKey);
    }
}
