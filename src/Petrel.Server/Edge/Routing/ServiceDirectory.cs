using Microsoft.AspNetCore.Http;
using Petrel.Wire;
using Petrel.Wire.Operations;
using Petrel.Wire.Rest;
using Petrel.Wire.Signing;

namespace Petrel.Server.Edge;

/// <summary>
/// Step 2: finds service and operation of a request. Handlers of plain HTTP are asked first, because a function behind its own host may
/// be called with any header; then target header, scope of the signature, host, path, and the object store last.
/// </summary>
internal sealed class ServiceDirectory
{
    /// <summary>The scope in signatures for buckets and their objects.</summary>
    private const string ObjectStore = "s3";

    private readonly ServiceTable[] _services;
    private readonly IEdgeRoute[] _handlers;
    private readonly Dictionary<string, ServiceTable> _bySigningName = [];
    private readonly Dictionary<string, ServiceTable> _byTargetPrefix = [];

    public ServiceDirectory(IEnumerable<ServiceRegistration> registrations, IEnumerable<IEdgeRoute> handlers)
    {
        // Paths of the object store may be anything, so that it is asked last.
        _services = [.. registrations.Select(static r => new ServiceTable(r.Contract)).OrderBy(static s => s.Protocols[0] == Protocol.RestXml)];
        _handlers = [.. handlers.OrderBy(static h => h.Order)];
        foreach (var service in _services)
        {
            _bySigningName.TryAdd(service.SigningName, service);
            if (service.TargetPrefix.Length > 0)
            {
                _byTargetPrefix.TryAdd(service.TargetPrefix, service);
            }
        }
    }

    public IReadOnlyList<ServiceTable> Services => _services;

    public EdgeRoute Find(EdgeExchange exchange)
    {
        foreach (var handler in _handlers)
        {
            if (handler.Matches(exchange.Http))
            {
                return new EdgeRoute { Handler = handler, Protocol = handler.Protocol };
            }
        }

        var request = exchange.Http.Request;
        if (request.Headers.TryGetValue("X-Amz-Target", out var target) && target is [{ Length: > 0 } name])
        {
            return ByTarget(exchange, name);
        }

        var scope = RequestSignature.PeekScope(request.Headers, exchange.RawQuery);
        if ((scope is null || scope.Service == ObjectStore) && _bySigningName.TryGetValue(ObjectStore, out var objects))
        {
            var isForObjects = scope is not null || SignatureV2.IsPresent(request.Headers, exchange.RawQuery);
            if (BucketHosts.Find(request.Host.Host, isForObjects) is { } bucket)
            {
                exchange.UseBucket(bucket);
                return InService(objects, exchange);
            }

            if (isForObjects)
            {
                return InService(objects, exchange);
            }
        }

        if (scope is not null)
        {
            return _bySigningName.TryGetValue(scope.Service, out var signed)
                ? InService(signed, exchange)
                : Unknown(scope.Service, exchange);
        }

        return ByHost(request.Host.Host) is { } hosted ? InService(hosted, exchange) : ByPath(exchange);
    }

    private EdgeRoute ByTarget(EdgeExchange exchange, string target)
    {
        var headers = exchange.Http.Request.Headers;
        var json = headers.ContentType.ToString().StartsWith("application/x-amz-json-1.0", StringComparison.OrdinalIgnoreCase)
            ? Protocol.Json10
            : Protocol.Json11;
        var dot = target.LastIndexOf('.');
        var prefix = target.AsSpan(0, Math.Max(dot, 0));
        var name = target.AsSpan(dot + 1);
        if (!_byTargetPrefix.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(prefix, out var service))
        {
            var scope = RequestSignature.PeekScope(headers, exchange.RawQuery);
            return new EdgeRoute { Protocol = json, UnknownService = scope?.Service ?? prefix.ToString(), UnknownOperation = name.ToString() };
        }

        var protocol = service.Speaks(json) ? json : service.Speaks(Protocol.Json10) ? Protocol.Json10 : Protocol.Json11;
        var operation = service.Find(name);
        return new EdgeRoute
        {
            Service = service,
            Protocol = protocol,
            Operation = operation,
            UnknownOperation = operation is null ? name.ToString() : null,
        };
    }

    private static EdgeRoute InService(ServiceTable service, EdgeExchange exchange)
    {
        if (!service.IsRest)
        {
            // The operation's name is in the form, which is read at step 5.
            var named = service.Speaks(Protocol.Query);
            return new EdgeRoute
            {
                Service = service,
                Protocol = named ? Protocol.Query : service.Protocols[0],
                UnknownOperation = named ? null : "(no X-Amz-Target)",
            };
        }

        return service.Router.TryMatch(
            exchange.Http.Request.Method, exchange.RoutedPath, exchange.RawQuery, out var match, exchange.Http.Request.Headers)
            ? Matched(service, match)
            : new EdgeRoute
            {
                Service = service,
                Protocol = service.Protocols[0],
                UnknownOperation = $"{exchange.Http.Request.Method} {exchange.RawPath}",
            };
    }

    private EdgeRoute ByPath(EdgeExchange exchange)
    {
        var request = exchange.Http.Request;
        if (QueryAction(request.Headers, exchange.RawQuery) && ByQueryVersion(exchange.RawQuery) is { } versioned)
        {
            return new EdgeRoute { Service = versioned, Protocol = Protocol.Query };
        }

        var method = CorsStep.MethodOf(request);
        foreach (var service in _services)
        {
            if (service.IsRest && service.Router.TryMatch(method, exchange.RawPath, exchange.RawQuery, out var match, request.Headers))
            {
                return Matched(service, match);
            }
        }

        return new EdgeRoute { Protocol = Protocol.RestJson };
    }

    private static EdgeRoute Matched(ServiceTable service, in RestMatch match) => new()
    {
        Service = service,
        Protocol = service.Protocols[0],
        Operation = match.Operation,
        Match = match,
        UnknownOperation = match.MissingName,
    };

    private static EdgeRoute Unknown(string service, EdgeExchange exchange)
    {
        var headers = exchange.Http.Request.Headers;
        var isQuery = QueryAction(headers, exchange.RawQuery);
        return new EdgeRoute
        {
            Protocol = service == "s3" ? Protocol.RestXml : isQuery ? Protocol.Query : Protocol.RestJson,
            UnknownService = service,
            UnknownOperation = isQuery ? new QueryReader(exchange.RawQuery).Find("Action") : $"{exchange.Http.Request.Method} {exchange.RawPath}",
        };
    }

    private static bool QueryAction(IHeaderDictionary headers, ReadOnlySpan<char> rawQuery) =>
        headers.ContentType.ToString().StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
        || new QueryReader(rawQuery).Contains("Action", null);

    private ServiceTable? ByQueryVersion(ReadOnlySpan<char> rawQuery)
    {
        var version = new QueryReader(rawQuery).Find("Version");
        foreach (var service in _services)
        {
            if (service.Speaks(Protocol.Query) && (version is null || version == service.ApiVersion))
            {
                return service;
            }
        }

        return null;
    }

    /// <summary><c>lambda.eu-west-1.amazonaws.com</c>, <c>lambda.localhost</c>: the service is the first label.</summary>
    private ServiceTable? ByHost(string host)
    {
        var dot = host.IndexOf('.');
        return dot > 0 && HostNames.IsPlatform(host) && _bySigningName.TryGetValue(host[..dot], out var service) ? service : null;
    }
}
