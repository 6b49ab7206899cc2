using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Petrel.Tests.Edge;

/// <summary>One edge for the tests of a class, and a client that signs.</summary>
public sealed class EdgeFixture : IAsyncLifetime
{
    public EdgeHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await EdgeHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    public Task<Answer> SendAsync(string service, HttpMethod method, string path, string body, Action<HttpRequestMessage>? change = null) =>
        SendAsync(new SignedClient(service), method, path, Encoding.UTF8.GetBytes(body), change);

    internal async Task<Answer> SendAsync(
        SignedClient? client, HttpMethod method, string path, byte[] body, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Host.Endpoint.GetLeftPart(UriPartial.Authority) + path));
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body);
        }

        change?.Invoke(request);
        client?.Sign(request, body);
        using var response = await Host.Client.SendAsync(request);
        return await Answer.OfAsync(response);
    }
}

public sealed record Answer(HttpStatusCode Status, byte[] Bytes, Dictionary<string, string> Headers)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonNode Json => JsonNode.Parse(Text)!;

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public static async Task<Answer> OfAsync(HttpResponseMessage response) => new(
        response.StatusCode,
        await response.Content.ReadAsByteArrayAsync(),
        response.Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase));
}
