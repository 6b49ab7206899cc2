using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Petrel.Client;

/// <summary>The operations of Lambda that the commands use.</summary>
internal sealed class LambdaClient(ApiClient api, TimeProvider time)
{
    private const string Functions = "/2015-03-31/functions";

    /// <summary>How often a function that is being prepared is asked for.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    public async IAsyncEnumerable<JsonNode> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            var page = await api.RestAsync(
                HttpMethod.Get, "lambda", marker is null ? $"{Functions}/" : $"{Functions}/?Marker={Uri.EscapeDataString(marker)}", null, cancellationToken);
            foreach (var function in page?["Functions"]?.AsArray() ?? [])
            {
                yield return function!;
            }

            marker = page?["NextMarker"]?.GetValue<string>();
        }
        while (!string.IsNullOrEmpty(marker));
    }

    /// <summary>Null for a function that is not there.</summary>
    public Task<JsonNode?> FindAsync(string name, CancellationToken cancellationToken) =>
        OrNullAsync(api.RestAsync(HttpMethod.Get, "lambda", $"{Functions}/{Escape(name)}", null, cancellationToken));

    public Task<JsonNode?> CreateAsync(JsonObject request, CancellationToken cancellationToken) =>
        api.RestAsync(HttpMethod.Post, "lambda", Functions, request, cancellationToken);

    /// <param name="code"><c>ZipFile</c> or <c>ImageUri</c>.</param>
    public Task<JsonNode?> UpdateCodeAsync(string name, JsonObject code, CancellationToken cancellationToken) =>
        api.RestAsync(HttpMethod.Put, "lambda", $"{Functions}/{Escape(name)}/code", code, cancellationToken);

    public Task<JsonNode?> UpdateConfigurationAsync(string name, JsonObject request, CancellationToken cancellationToken) =>
        api.RestAsync(HttpMethod.Put, "lambda", $"{Functions}/{Escape(name)}/configuration", request, cancellationToken);

    public Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        api.RestAsync(HttpMethod.Delete, "lambda", $"{Functions}/{Escape(name)}", null, cancellationToken);

    public Task TagAsync(string arn, JsonObject tags, CancellationToken cancellationToken) => api.RestAsync(
        HttpMethod.Post, "lambda", $"/2017-03-31/tags/{Uri.EscapeDataString(arn)}", new JsonObject { ["Tags"] = tags }, cancellationToken);

    /// <summary>Waits until the function can be invoked and its last update is done.</summary>
    /// <exception cref="CliException">The preparation failed; the message has its reason.</exception>
    public async Task<JsonNode> WaitUntilReadyAsync(string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            var configuration = await api.RestAsync(HttpMethod.Get, "lambda", $"{Functions}/{Escape(name)}/configuration", null, cancellationToken);
            var state = configuration?["State"]?.GetValue<string>();
            var update = configuration?["LastUpdateStatus"]?.GetValue<string>();
            if (state == "Failed" || update == "Failed")
            {
                var reason = configuration?[state == "Failed" ? "StateReason" : "LastUpdateStatusReason"]?.GetValue<string>();
                throw new CliException($"{name} could not be prepared: {reason ?? "no reason was given"}", "mend it and deploy again");
            }

            if (state is "Active" or null && update is "Successful" or null)
            {
                return configuration!;
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <summary>The function's URL; null when it has none.</summary>
    public async Task<string?> FindUrlAsync(string name, CancellationToken cancellationToken) =>
        (await OrNullAsync(api.RestAsync(HttpMethod.Get, "lambda", $"/2021-10-31/functions/{Escape(name)}/url", null, cancellationToken)))
            ?["FunctionUrl"]?.GetValue<string>();

    /// <summary>The published versions, first to last.</summary>
    public Task<IReadOnlyList<JsonNode>> ListVersionsAsync(string name, CancellationToken cancellationToken) =>
        PagesAsync($"{Functions}/{Escape(name)}/versions", "Versions", cancellationToken);

    public Task<IReadOnlyList<JsonNode>> ListAliasesAsync(string name, CancellationToken cancellationToken) =>
        PagesAsync($"{Functions}/{Escape(name)}/aliases", "Aliases", cancellationToken);

    public Task<IReadOnlyList<JsonNode>> ListProvisionedAsync(string name, CancellationToken cancellationToken) =>
        PagesAsync($"/2019-09-30/functions/{Escape(name)}/provisioned-concurrency?List=ALL", "ProvisionedConcurrencyConfigs", cancellationToken);

    /// <summary>Makes a URL that anybody may call, as far as the daemon is reached at all.</summary>
    public async Task<string> CreatePublicUrlAsync(string name, CancellationToken cancellationToken)
    {
        var created = await api.RestAsync(
            HttpMethod.Post, "lambda", $"/2021-10-31/functions/{Escape(name)}/url", new JsonObject { ["AuthType"] = "NONE" }, cancellationToken);
        try
        {
            var permission = new JsonObject
            {
                ["StatementId"] = "FunctionURLAllowPublicAccess",
                ["Action"] = "lambda:InvokeFunctionUrl",
                ["Principal"] = "*",
                ["FunctionUrlAuthType"] = "NONE",
            };
            await api.RestAsync(HttpMethod.Post, "lambda", $"{Functions}/{Escape(name)}/policy", permission, cancellationToken);
        }
        catch (ApiException e) when (e.Code == "ResourceConflictException")
        {
            // The permission of an earlier URL is still there.
        }

        return created!["FunctionUrl"]!.GetValue<string>();
    }

    public async Task<InvokeAnswer> InvokeAsync(InvokeRequest invoke, CancellationToken cancellationToken)
    {
        var query = invoke.Qualifier is null ? "" : $"?Qualifier={Uri.EscapeDataString(invoke.Qualifier)}";
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(api.Connection.Endpoint, $"{Functions}/{Escape(invoke.Name)}/invocations{query}"));
        request.Content = new ByteArrayContent(invoke.Payload) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        request.Headers.Add("X-Amz-Invocation-Type", invoke.Async ? "Event" : "RequestResponse");
        if (invoke.LogTail)
        {
            request.Headers.Add("X-Amz-Log-Type", "Tail");
        }

        using var answer = await api.SendAsync(request, "lambda", invoke.Payload, cancellationToken);
        return new InvokeAnswer(
            await answer.Content.ReadAsByteArrayAsync(cancellationToken),
            Header("X-Amz-Function-Error"),
            Header("X-Amz-Log-Result") is { } log ? Encoding.UTF8.GetString(Convert.FromBase64String(log)) : null);

        string? Header(string name) => answer.Headers.TryGetValues(name, out var values) ? values.First() : null;
    }

    private async Task<IReadOnlyList<JsonNode>> PagesAsync(string path, string member, CancellationToken cancellationToken)
    {
        var all = new List<JsonNode>();
        string? marker = null;
        do
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var page = await api.RestAsync(
                HttpMethod.Get, "lambda", marker is null ? path : $"{path}{separator}Marker={Uri.EscapeDataString(marker)}", null, cancellationToken);
            all.AddRange((page?[member]?.AsArray() ?? []).OfType<JsonNode>());
            marker = page?["NextMarker"]?.GetValue<string>();
        }
        while (!string.IsNullOrEmpty(marker));
        return all;
    }

    private static async Task<JsonNode?> OrNullAsync(Task<JsonNode?> call)
    {
        try
        {
            return await call;
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private static string Escape(string name) => Uri.EscapeDataString(name);
}

internal sealed record InvokeRequest(string Name, byte[] Payload, string? Qualifier = null, bool Async = false, bool LogTail = false);

/// <param name="FunctionError">What the function's failure is called; null when it succeeded.</param>
internal sealed record InvokeAnswer(byte[] Payload, string? FunctionError, string? Log);
