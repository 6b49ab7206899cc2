using System.Text.Json.Nodes;

namespace Petrel.Client;

/// <summary>The daemon's own interface, below <c>/_petrel/</c>; it wants a root key.</summary>
internal sealed class AdminClient(ApiClient api)
{
    public Task<JsonNode?> UsageAsync(IEnumerable<KeyValuePair<string, string?>> question, CancellationToken cancellationToken) =>
        GetAsync("usage", question, cancellationToken);

    public Task<JsonNode?> PricesAsync(CancellationToken cancellationToken) => GetAsync("prices", [], cancellationToken);

    /// <param name="function">Its name; null for what all do.</param>
    public Task<JsonNode?> ActivityAsync(string? function, CancellationToken cancellationToken) =>
        GetAsync("activity", [new("function", function)], cancellationToken);

    public async Task<IReadOnlyList<JsonNode>> BudgetsAsync(CancellationToken cancellationToken) =>
        [.. ((await GetAsync("budgets", [], cancellationToken))?["budgets"]?.AsArray() ?? []).OfType<JsonNode>()];

    public Task<JsonNode?> SetBudgetAsync(JsonObject budget, CancellationToken cancellationToken) =>
        api.RestAsync(HttpMethod.Put, "petrel", "/_petrel/budgets", budget, cancellationToken);

    /// <returns>How many there were.</returns>
    public async Task<int> RemoveBudgetsAsync(IEnumerable<KeyValuePair<string, string?>> which, CancellationToken cancellationToken)
    {
        var answer = await api.RestAsync(HttpMethod.Delete, "petrel", "/_petrel/budgets" + Query(which), null, cancellationToken);
        return answer?["removed"]?.GetValue<int>() ?? 0;
    }

    private Task<JsonNode?> GetAsync(string page, IEnumerable<KeyValuePair<string, string?>> parameters, CancellationToken cancellationToken) =>
        api.RestAsync(HttpMethod.Get, "petrel", $"/_petrel/{page}{Query(parameters)}", null, cancellationToken);

    private static string Query(IEnumerable<KeyValuePair<string, string?>> parameters)
    {
        var given = parameters.Where(p => p.Value is not null).Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value!)}");
        var query = string.Join('&', given);
        return query.Length == 0 ? "" : "?" + query;
    }
}
