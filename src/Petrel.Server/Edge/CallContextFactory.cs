using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Petrel.Server.Settings;
using Petrel.Wire;

namespace Petrel.Server.Edge;

/// <summary>Puts together what services are told of a call.</summary>
internal sealed class CallContextFactory(PetrelOptions options)
{
    private const string DefaultRegion = "us-east-1";
    private const int MaxEndpoints = 256;

    private readonly ConcurrentDictionary<(string Scheme, string Host), Uri> _endpoints = [];
    private readonly Uri _fallback = new($"http://localhost:{options.Edge.Port}");

    public CallContext Create(EdgeExchange exchange, SignedRequest? signed)
    {
        var request = exchange.Http.Request;
        var caller = signed?.Principal ?? Principal.Anonymous;
        return new CallContext
        {
            Account = signed is null ? options.Edge.Account : caller.Account,
            Region = signed?.Signature.Scope.Region ?? exchange.Sandbox?.Region ?? DefaultRegion,
            Caller = caller,
            RequestId = exchange.RequestId,
            Endpoint = Endpoint(request.Scheme, request.Host.Value),
            SourceIp = exchange.Http.Connection.RemoteIpAddress?.ToString(),
            UserAgent = request.Headers.UserAgent is [{ } agent] ? agent : null,
            Aborted = exchange.Http.RequestAborted,
        };
    }

    /// <summary>As the client asked. A host that is no host is passed over.</summary>
    private Uri Endpoint(string scheme, string? host)
    {
        if (string.IsNullOrEmpty(host))
        {
            return _fallback;
        }

        if (_endpoints.TryGetValue((scheme, host), out var endpoint))
        {
            return endpoint;
        }

        if (!Uri.TryCreate($"{scheme}://{host}", UriKind.Absolute, out endpoint))
        {
            return _fallback;
        }

        if (_endpoints.Count >= MaxEndpoints)
        {
            _endpoints.Clear();
        }

        return _endpoints.GetOrAdd((scheme, host), endpoint);
    }
}
