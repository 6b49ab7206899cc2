using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
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
    private readonly CorsStep _cors = provider.GetRequiredService<CorsStep>();

    public async Task HandleAsync(EdgeExchange exchange, long active)
    {
        if (!await _cors.AnswerAsync(exchange))
        {
            await PerformAsync(exchange, active);
        }
    }

    private async Task PerformAsync(EdgeExchange exchange, long active)
    {
        var route = exchange.Route;
        if (route.Service is null || (route.Operation is null && route.Protocol != Protocol.Query))
        {
            throw EdgeErrors.NotBuilt(await NamedAsync(exchange));
        }

        // 3 authenticate
        var signed = await authenticator.BeginAsync(exchange, route.Protocol, route.Service.SigningName);

        // 4 throttle
        gate.Check(active);

        // 5 read and validate
        var operation = route.Operation;
        var takesStream = operation is not null && TakesStream(operation, signed);
        using var body = takesStream ? default : await ReadBodyAsync(exchange, operation, signed);
        if (signed is not null && !takesStream)
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
            RawPath = exchange.RoutedPath,
            RawQuery = exchange.RawQuery,
            Match = route.Match,
            Headers = exchange.Http.Request.Headers,
            Body = body.Bytes,
            BodyStream = takesStream
                ? BodySource.Open(exchange.Http, signed, operation.MaxBodyBytes, route.Protocol)
                : operation.Request.Payload is { Shape.Kind: ShapeKind.Stream } ? new MemoryStream(body.Bytes.ToArray(), writable: false) : null,
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

    /// <summary>The form of a query service that is not built still names the operation.</summary>
    private async ValueTask<EdgeRoute> NamedAsync(EdgeExchange exchange)
    {
        if (exchange.Route is { UnknownService: not null, UnknownOperation: null })
        {
            using var body = await ReadBodyAsync(exchange, null, null);
            exchange.Route = exchange.Route with { UnknownOperation = QueryOperations.FindAction(exchange, body.Bytes) };
        }

        return exchange.Route;
    }

    private async ValueTask<RequestBody> ReadBodyAsync(EdgeExchange exchange, Operation? operation, SignedRequest? signed)
    {
        var (body, length) = BodySource.Whole(exchange.Http, signed);
        try
        {
            return await RequestBody.ReadAsync(
                body,
                length,
                (int)Math.Min(operation?.MaxBodyBytes ?? Operation.DefaultMaxBodyBytes, Operation.DefaultMaxBodyBytes * 16L),
                operation is null ? exchange.Route.ServiceName : operation.Access?.Action ?? operation.Name,
                memory,
                exchange.Http.RequestAborted);
        }
        catch (CommonException refusal) when (refusal.Status == StatusCodes.Status413PayloadTooLarge && operation?.BodyTooLargeError is not null)
        {
            throw new CommonException(operation.BodyTooLargeError, refusal.Message, refusal.Status);
        }
    }

    /// <summary>A body whose hash has still to be computed for the signature must be held whole, whatever the operation wants.</summary>
    private static bool TakesStream(Operation operation, SignedRequest? signed) =>
        operation.Request.Payload is { Shape.Kind: ShapeKind.Stream } && signed is not { Payload: SignedPayload.Computed };

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
