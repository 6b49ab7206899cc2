using System.Text.Json.Nodes;
using Petrel.Client;

namespace Petrel.Packaging;

/// <summary>What the user asks of a deployment. Null leaves a value as it is, or to the platform's default for a new function.</summary>
internal sealed record DeployRequest(string Folder, string Name)
{
    public string? Runtime { get; init; }

    public string? Handler { get; init; }

    public int? MemoryMb { get; init; }

    public int? TimeoutSeconds { get; init; }

    public string? Role { get; init; }

    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Where it may connect to; stands in its variable <c>PETREL_EGRESS</c>.</summary>
    public string? Egress { get; init; }

    /// <summary>The kind of requests that a function of Google's framework takes; stands in its variable <c>FUNCTION_SIGNATURE_TYPE</c>.</summary>
    public string? Signature { get; init; }

    /// <summary>A container image, by its name in a registry, in place of the folder's files.</summary>
    public string? Image { get; init; }

    public bool WantUrl { get; init; } = true;

    /// <summary>All that makes a function differ beside its files.</summary>
    public string Salt => string.Join('\n', [
        Runtime, Handler, MemoryMb?.ToString(), TimeoutSeconds?.ToString(), Role, Egress,
        .. Environment?.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}={e.Value}") ?? []]);
}

internal enum DeployOutcome
{
    Created,
    Updated,
    Unchanged,
}

/// <summary>What a function is made of: a package with its runtime and handler, or an image, which brings its own.</summary>
internal sealed record DeployCode(string? Runtime, string? Handler, byte[]? Zip, string? ImageUri)
{
    public JsonObject ToJson() => Zip is not null
        ? new JsonObject { ["ZipFile"] = Convert.ToBase64String(Zip) }
        : new JsonObject { ["ImageUri"] = ImageUri };
}

internal sealed record Deployed(string Name, string Arn, string Runtime, string Handler, DeployOutcome Outcome, string? Url);

/// <summary>Turns a folder into a function: finds out what it is, builds it if need be, zips it, creates or updates it.</summary>
internal sealed class Deployment(ApiClient api, LambdaClient lambda)
{
    /// <summary>The tag that remembers from which files a function was made.</summary>
    private const string SourceTag = "petrel:source";

    private const string DefaultRole = "petrel-function";

    /// <summary>Functions of one's own get more than Lambda's 3 s and 128 MB: a first try should not fail for a slow start.</summary>
    private const int DefaultTimeoutSeconds = 30;
    private const int DefaultMemoryMb = 256;

    /// <param name="progress">Is told each step before it begins.</param>
    public async Task<Deployed> RunAsync(DeployRequest request, Action<string> progress, CancellationToken cancellationToken)
    {
        // What an image's name stands for may have changed since, so that an image is always deployed anew.
        var source = request.Image is null ? FunctionFolder.Detect(request.Folder, request.Runtime, request.Handler) : null;
        request = request with { Signature = source?.Signature };
        var fingerprint = source is null ? null : ZipPackage.Fingerprint(source.Folder, request.Salt, source.OnlyFile);
        var existing = await lambda.FindAsync(request.Name, cancellationToken);
        var configuration = existing?["Configuration"];
        source = source is null ? null : KeepVersion(source, Text(configuration, "Runtime"));
        var outcome = DeployOutcome.Unchanged;
        if (fingerprint is null || existing?["Tags"]?[SourceTag]?.GetValue<string>() != fingerprint)
        {
            var code = source is null ? new DeployCode(null, null, null, request.Image) : await PackageAsync(source, progress, cancellationToken);
            outcome = configuration is null ? DeployOutcome.Created : DeployOutcome.Updated;
            progress(configuration is null ? $"Creating {request.Name}" : $"Updating {request.Name}");
            configuration = configuration is null
                ? await CreateAsync(request, code, cancellationToken)
                : await UpdateAsync(request, code, cancellationToken);
            await lambda.TagAsync(Text(configuration, "FunctionArn"), new JsonObject { [SourceTag] = fingerprint ?? request.Image }, cancellationToken);
        }

        var url = await lambda.FindUrlAsync(request.Name, cancellationToken);
        if (url is null && request.WantUrl)
        {
            url = await lambda.CreatePublicUrlAsync(request.Name, cancellationToken);
        }

        var (runtime, handler) = request.Image is null ? (Text(configuration, "Runtime"), Text(configuration, "Handler")) : ("image", request.Image);
        return new Deployed(request.Name, Text(configuration, "FunctionArn"), runtime, handler, outcome, url);
    }

    /// <summary>A version of the language that was chosen earlier stays where nothing says another.</summary>
    internal static FunctionSource KeepVersion(FunctionSource source, string present) =>
        source.AnyVersion && FunctionFolder.FamilyOf(present) == FunctionFolder.FamilyOf(source.Runtime) ? source with { Runtime = present } : source;

    private static async Task<DeployCode> PackageAsync(FunctionSource source, Action<string> progress, CancellationToken cancellationToken)
    {
        if (source.Project is null)
        {
            return new DeployCode(source.Runtime, source.Handler, ZipPackage.Create(source.Folder, source.OnlyFile), null);
        }

        progress($"Building {Path.GetFileName(source.Project)}");
        var target = Directory.CreateTempSubdirectory("petrel-build-").FullName;
        try
        {
            if (FunctionFolder.FamilyOf(source.Runtime) == "java")
            {
                return await JavaProject.PackageAsync(source, target, cancellationToken);
            }

            var handler = await DotnetProject.PublishAsync(source, target, cancellationToken);
            return new DeployCode(source.Runtime, handler, ZipPackage.Create(target), null);
        }
        finally
        {
            Directory.Delete(target, recursive: true);
        }
    }

    private async Task<JsonNode> CreateAsync(DeployRequest request, DeployCode code, CancellationToken cancellationToken)
    {
        var roles = new RoleClient(api);
        var account = request.Role is null ? await roles.GetAccountAsync(cancellationToken) : "";
        var body = new JsonObject
        {
            ["FunctionName"] = request.Name,
            ["PackageType"] = code.Zip is null ? "Image" : "Zip",
            ["Role"] = request.Role ?? $"arn:aws:iam::{account}:role/{DefaultRole}",
            ["Timeout"] = request.TimeoutSeconds ?? DefaultTimeoutSeconds,
            ["MemorySize"] = request.MemoryMb ?? DefaultMemoryMb,
            ["Code"] = code.ToJson(),
        };
        if (code.Zip is not null)
        {
            (body["Runtime"], body["Handler"]) = (code.Runtime, code.Handler);
        }

        if (VariablesOf(request, before: null) is { } variables)
        {
            body["Environment"] = new JsonObject { ["Variables"] = variables };
        }

        try
        {
            await lambda.CreateAsync(body, cancellationToken);
        }
        catch (ApiException e) when (request.Role is null && e.Code == "InvalidParameterValueException" && e.Message.Contains("role", StringComparison.OrdinalIgnoreCase))
        {
            // With generated keys a role must exist. The default one may write logs, as Lambda's basic role may.
            await roles.CreateFunctionRoleAsync(DefaultRole, cancellationToken);
            await lambda.CreateAsync(body, cancellationToken);
        }

        return await lambda.WaitUntilReadyAsync(request.Name, cancellationToken);
    }

    private async Task<JsonNode> UpdateAsync(DeployRequest request, DeployCode code, CancellationToken cancellationToken)
    {
        await lambda.UpdateCodeAsync(request.Name, code.ToJson(), cancellationToken);
        var configuration = await lambda.WaitUntilReadyAsync(request.Name, cancellationToken);
        var changes = new JsonObject();
        Change("Runtime", code.Runtime);
        Change("Handler", code.Handler);
        Change("Timeout", request.TimeoutSeconds);
        Change("MemorySize", request.MemoryMb);
        Change("Role", request.Role);
        if (VariablesOf(request, configuration["Environment"]?["Variables"] as JsonObject) is { } variables)
        {
            changes["Environment"] = new JsonObject { ["Variables"] = variables };
        }

        if (changes.Count == 0)
        {
            return configuration;
        }

        await lambda.UpdateConfigurationAsync(request.Name, changes, cancellationToken);
        return await lambda.WaitUntilReadyAsync(request.Name, cancellationToken);

        void Change(string member, JsonNode? value)
        {
            if (value is not null && !JsonNode.DeepEquals(configuration[member], value))
            {
                changes[member] = value;
            }
        }
    }

    /// <summary>All variables as they shall be; null when none is asked for. What decides where it may connect to stays until another is given.</summary>
    private static JsonObject? VariablesOf(DeployRequest request, JsonObject? before)
    {
        const string egress = "PETREL_EGRESS", signature = "FUNCTION_SIGNATURE_TYPE";
        if (request.Environment is null && request.Egress is null && request.Signature is null)
        {
            return null;
        }

        var variables = request.Environment is { } given
            ? new JsonObject(given.Select(e => KeyValuePair.Create(e.Key, (JsonNode?)e.Value)))
            : before?.DeepClone().AsObject() ?? [];
        if ((request.Egress ?? (variables.ContainsKey(egress) ? null : before?[egress]?.GetValue<string>())) is { } policy)
        {
            variables[egress] = policy;
        }

        if (request.Signature is { } kind && request.Environment?.ContainsKey(signature) != true)
        {
            variables[signature] = kind;
        }

        return variables;
    }

    private static string Text(JsonNode? node, string member) => node?[member]?.GetValue<string>() ?? "";
}
