using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Petrel.Wire;
using Petrel.Wire.Operations;
using Petrel.Wire.Protocols;
using Petrel.Wire.Shapes;

namespace Petrel.Server.Edge;

/// <summary>Steps 3 to 11 of an operation of a service.</summary>
internal sealed class ServiceStep(
    RequestAuthenticator authenticator,
    RequestGate gate,
    CallContextFactory calls,
    BodyMemory memory,
    AccessStep access,
    IServiceProvider provider)
{
    private readonly ConcurrentDictionary<Type, object> _services = [];

    public async Task HandleAsync(EdgeExchange exchange, long active)
    {
        var route = exchange.Route;
        if (route.Service is null || (route.Operation is null && route.Protocol != Protocol.Query))
        {
            throw EdgeErrors.NotBuilt(route);
        }

        // 3 authenticate
        var signed = await authenticator.BeginAsync(exchange, route.Protocol, route.Service.SigningName);

        // 4 throttle
        gate.Check(active);

        // 5 read and validate
        var operation = route.Operation;
        using var body = await ReadBodyAsync(exchange, operation);
        if (signed is not null)
        {
            authenticator.Complete(exchange, signed, body.Bytes.Span, route.Protocol);
        }

        if (operation is null)
        {
            operation = QueryOperations.Find(exchange, body.Bytes);
            exchange.Route = exchange.Route with { Operation = operation };
        }

        RequireSignature(signed, operation, route.Protocol);
        var codec = ProtocolCodec.For(route.Protocol);
        var request = codec.ReadRequest(operation, new WireRequest
        {
            RawPath = exchange.RawPath,
            RawQuery = exchange.RawQuery,
            Match = route.Match,
            Headers = exchange.Http.Request.Headers,
            Body = body.Bytes,
            BodyStream = TakesStream(operation) ? exchange.Http.Request.Body : null,
            OwnsBody = body.IsOwned,
        });

        // 6 authorise
        var call = calls.Create(exchange, signed);
        await access.AuthorizeAsync(operation, request, call);

        // 7 to 10 the service
        var result = await operation.CallAsync(Implementation(operation.Service.Contract), request, call);

        // 11 answer
        using var answer = new WireResponse(exchange.Http.Response.Headers, exchange.RequestId);
        codec.WriteResult(operation, result, answer);
        await AnswerWriter.SendAsync(exchange.Http, answer);
    }

    private async ValueTask<RequestBody> ReadBodyAsync(EdgeExchange exchange, Operation? operation)
    {
        if (operation is not null && TakesStream(operation))
        {
            return default;
        }

        var request = exchange.Http.Request;
        return await RequestBody.ReadAsync(
            request.BodyReader,
            request.ContentLength,
            operation?.MaxBodyBytes ?? Operation.DefaultMaxBodyBytes,
            operation is null ? exchange.Route.ServiceName : operation.Access?.Action ?? operation.Name,
            memory,
            exchange.Http.RequestAborted);
    }

    private static bool TakesStream(Operation operation) => operation.Request.Payload is { Shape.Kind: ShapeKind.Stream };

    /// <summary>Objects may be public; every other service wants to know who asks.</summary>
    private static void RequireSignature(SignedRequest? signed, Operation operation, Protocol protocol)
    {
        if (signed is null && operation.Service.Protocols[0] != Protocol.RestXml)
        {
            throw Wire.Signing.SignatureErrors.For(Wire.Signing.SignatureProblem.MissingToken, protocol);
        }
    }

    private object Implementation(Type contract) => _services.GetOrAdd(contract, static (type, from) => from.GetRequiredService(type), provider);
}
