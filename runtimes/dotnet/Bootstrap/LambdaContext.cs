using System.Text.Json;
using Amazon.Lambda.Core;

namespace Petrel.Bootstrap;

/// <summary>
/// The context of an invocation. Compiled against the shape of Amazon.Lambda.Core, bound to the function's own copy of it. Members that
/// older copies lack are virtual, so that newer ones find them.
/// </summary>
internal class LambdaContext(InvocationHeader invocation) : ILambdaContext
{
    private static readonly string Group = Read("AWS_LAMBDA_LOG_GROUP_NAME");
    private static readonly string Stream = Read("AWS_LAMBDA_LOG_STREAM_NAME");
    private static readonly string Name = Read("AWS_LAMBDA_FUNCTION_NAME");
    private static readonly string Version = Read("AWS_LAMBDA_FUNCTION_VERSION");
    private static readonly int Memory = int.TryParse(Read("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), out var mb) ? mb : 0;

    private ClientContext? _client;

    public string AwsRequestId => invocation.RequestId;

    public IClientContext? ClientContext => invocation.ClientContext is { } json ? _client ??= new ClientContext(json) : null;

    public string FunctionName => Name;

    public string FunctionVersion => Version;

    public ICognitoIdentity? Identity => invocation.CognitoIdentity is { } json ? new CognitoIdentity(json) : null;

    public string InvokedFunctionArn => invocation.FunctionArn;

    public ILambdaLogger Logger => LambdaContextLogger.Instance;

    public string LogGroupName => Group;

    public string LogStreamName => Stream;

    public int MemoryLimitInMB => Memory;

    public TimeSpan RemainingTime => DateTimeOffset.FromUnixTimeMilliseconds(invocation.DeadlineMs) - TimeProvider.System.GetUtcNow();

    public virtual string? TenantId => null;

    public virtual string? TraceId => invocation.TraceId;

    private static string Read(string name) => Environment.GetEnvironmentVariable(name) ?? "";
}

/// <summary>The client context that the caller sent along.</summary>
internal sealed class ClientContext : IClientContext
{
    public ClientContext(string json)
    {
        using var document = JsonDocument.Parse(json);
        Environment = Map(document.RootElement, "env");
        Custom = Map(document.RootElement, "custom");
        Client = new ClientApplication(Map(document.RootElement, "client"));
    }

    public IDictionary<string, string> Environment { get; }

    public IClientApplication Client { get; }

    public IDictionary<string, string> Custom { get; }

    private static Dictionary<string, string> Map(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var map) && map.ValueKind == JsonValueKind.Object
            ? map.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()! : p.Value.GetRawText())
            : [];
}

internal sealed class ClientApplication(Dictionary<string, string> values) : IClientApplication
{
    public string AppPackageName => values.GetValueOrDefault("app_package_name", "");

    public string AppTitle => values.GetValueOrDefault("app_title", "");

    public string AppVersionCode => values.GetValueOrDefault("app_version_code", "");

    public string AppVersionName => values.GetValueOrDefault("app_version_name", "");

    public string InstallationId => values.GetValueOrDefault("installation_id", "");
}

internal sealed class CognitoIdentity(string json) : ICognitoIdentity
{
    public string IdentityId => Read("cognitoIdentityId");

    public string IdentityPoolId => Read("cognitoIdentityPoolId");

    private string Read(string name)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
    }
}

/// <summary>The context's logger.</summary>
internal class LambdaContextLogger : ILambdaLogger
{
    public static readonly LambdaContextLogger Instance = new();

    public void Log(string message) => Bootstrap.Log.Write("Information", message);

    public void LogLine(string message) => Bootstrap.Log.Write("Information", message);

    public virtual void Log(string level, string message) => Bootstrap.Log.Write(level, message);

    public virtual void Log(string level, string message, params object[] args) => Bootstrap.Log.Write(level, message, args);

    public virtual void Log(string level, Exception exception, string message, params object[] args) => Bootstrap.Log.Write(level, message, args, exception);
}
