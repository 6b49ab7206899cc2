using System.Text.Json.Nodes;

namespace Petrel.Client;

/// <summary>Event source mappings, and the batches that they gave up.</summary>
internal sealed class MappingsClient(ApiClient api)
{
    private const string Mappings = "/2015-03-31/event-source-mappings";
    private const string Failures = "/_petrel/mapping-failures";

    /// <param name="function">Only those of this function; null for all.</param>
    public async IAsyncEnumerable<JsonNode> ListAsync(
        string? function, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            var query = string.Join('&', Parameters(("FunctionName", function), ("Marker", marker)));
            var page = await api.RestAsync(HttpMethod.Get, "lambda", $"{Mappings}?{query}", null, cancellationToken);
            foreach (var mapping in page?["EventSourceMappings"]?.AsArray() ?? [])
            {
                yield return mapping!;
            }

            marker = page?["NextMarker"]?.GetValue<string>();
        }
        while (!string.IsNullOrEmpty(marker));
    }

    public async Task<JsonNode> GetAsync(string uuid, CancellationToken cancellationToken) =>
        (await api.RestAsync(HttpMethod.Get, "lambda", $"{Mappings}/{Uri.EscapeDataString(uuid)}", null, cancellationToken))!;

    public async Task<long> CountFailuresAsync(string uuid, CancellationToken cancellationToken) =>
        (await FailurePageAsync(uuid, null, cancellationToken))["total"]!.GetValue<long>();

    public async IAsyncEnumerable<JsonNode> ListFailuresAsync(
        string uuid, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await FailurePageAsync(uuid, after, cancellationToken);
            foreach (var failure in page["failures"]!.AsArray())
            {
                yield return failure!;
            }

            after = page["next"]?.GetValue<string>();
        }
        while (after is not null);
    }

    /// <summary>Sends a batch again; null for a success, else what the function said.</summary>
    public async Task<string?> RedriveAsync(string uuid, string id, CancellationToken cancellationToken)
    {
        var query = string.Join('&', Parameters(("uuid", uuid), ("id", id)));
        return (await api.RestAsync(HttpMethod.Post, "petrel", $"{Failures}?{query}", null, cancellationToken))?["error"]?.GetValue<string>();
    }

    private async Task<JsonNode> FailurePageAsync(string uuid, string? after, CancellationToken cancellationToken)
    {
        var query = string.Join('&', Parameters(("uuid", uuid), ("after", after)));
        return (await api.RestAsync(HttpMethod.Get, "petrel", $"{Failures}?{query}", null, cancellationToken))!;
    }

    private static IEnumerable<string> Parameters(params IEnumerable<(string Name, string? Value)> parameters) =>
        parameters.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}");
}
