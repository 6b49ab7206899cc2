using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;

namespace Petrel.Client;

/// <summary>
/// Speaks the daemon's AWS protocols over HTTP, signed. Answers stay JSON trees: the commands read a few members of each, and start
/// quicker than with a serializer.
/// </summary>
internal sealed class ApiClient(Connection connection, TimeProvider time) : IDisposable
{
    /// <summary>The longest that a function runs, and a little.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(960);

    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = LongestAnswer,
    };

    public Connection Connection { get; } = connection;

    public void Dispose() => _http.Dispose();

    /// <summary>A call of a REST-JSON service.</summary>
    public async Task<JsonNode?> RestAsync(
        HttpMethod method, string service, string pathAndQuery, JsonNode? body = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(method, new Uri(Connection.Endpoint, pathAndQuery));
        var bytes = body is null ? [] : Encoding.UTF8.GetBytes(body.ToJsonString());
        if (body is not null)
        {
            request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        using var answer = await SendAsync(request, service, bytes, cancellationToken);
        return await ReadJsonAsync(answer, cancellationToken);
    }

    /// <summary>A call of a JSON 1.1 service, named by its target: <c>Logs_20140328.FilterLogEvents</c>.</summary>
    public Task<JsonNode?> TargetAsync(string service, string target, JsonObject body, CancellationToken cancellationToken = default) =>
        TargetAsync("1.1", service, target, body, cancellationToken);

    /// <param name="version">Of the service's JSON protocol: 1.0 or 1.1.</param>
    public async Task<JsonNode?> TargetAsync(string version, string service, string target, JsonObject body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Connection.Endpoint);
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue($"application/x-amz-json-{version}") } };
        request.Headers.Add("X-Amz-Target", target);
        using var answer = await SendAsync(request, service, bytes, cancellationToken);
        return await ReadJsonAsync(answer, cancellationToken);
    }

    /// <summary>A call of a query service; the answer is XML.</summary>
    public async Task<XDocument> QueryAsync(
        string service, string version, string action, IEnumerable<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Connection.Endpoint);
        using var form = new FormUrlEncodedContent(parameters.Prepend(new("Version", version)).Prepend(new("Action", action)));
        var bytes = await form.ReadAsByteArrayAsync(cancellationToken);
        request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = form.Headers.ContentType } };
        using var answer = await SendAsync(request, service, bytes, cancellationToken);
        return XDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Sends a request of the caller's making, signed for a service. An answer that is no success becomes an <see cref="ApiException"/>.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string service, byte[] body, CancellationToken cancellationToken)
    {
        RequestSigning.Sign(request, body, Connection, service, time.GetUtcNow());
        var answer = await SendPlainAsync(request, cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw await ReadErrorAsync(answer, cancellationToken);
        }
    }

    /// <summary>Sends an unsigned request: to a function URL or the daemon's own pages.</summary>
    public async Task<HttpResponseMessage> SendPlainAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            throw new DaemonUnreachableException(request.RequestUri!, e);
        }
    }

    /// <summary>
    /// Names under <c>localhost</c> are loopback everywhere, although many resolvers do not know it; so function URLs work without settings.
    /// </summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            var host = context.DnsEndPoint.Host;
            if (host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) || host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            {
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            }
            else
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            }

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<JsonNode?> ReadJsonAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        return bytes.Length == 0 ? null : JsonNode.Parse(bytes);
    }

    private static async Task<ApiException> ReadErrorAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        var code = answer.Headers.TryGetValues("x-amzn-errortype", out var types) ? types.First() : null;
        var message = "";
        try
        {
            if (body.Length > 0 && body[0] == '{')
            {
                var json = JsonNode.Parse(body);
                code ??= json?["__type"]?.GetValue<string>() ?? json?["code"]?.GetValue<string>();
                message = (json?["message"] ?? json?["Message"])?.GetValue<string>() ?? "";
            }
            else if (body.Length > 0 && body[0] == '<')
            {
                var xml = XDocument.Parse(Encoding.UTF8.GetString(body)).Descendants();
                code ??= xml.FirstOrDefault(e => e.Name.LocalName == "Code")?.Value;
                message = xml.FirstOrDefault(e => e.Name.LocalName == "Message")?.Value ?? "";
            }
        }
        catch (Exception e) when (e is JsonException or XmlException or InvalidOperationException)
        {
            message = Encoding.UTF8.GetString(body);
        }

        // "com.amazonaws.x#Name:http://…" in the older services.
        var name = (code ?? answer.StatusCode.ToString()).Split('#')[^1].Split(':')[0];
        return new ApiException(answer.StatusCode, name, message);
    }
}

/// <summary>Nothing listens where the daemon should be.</summary>
internal sealed class DaemonUnreachableException(Uri address, Exception inner) : Exception($"no daemon answers at {address.GetLeftPart(UriPartial.Authority)}", inner);
