using Microsoft.AspNetCore.Http.Features;
using Petrel.Wire;
using Petrel.Wire.Signing;

namespace Petrel.Server.Edge;

/// <summary>
/// Steps 3 to 11 of plain HTTP. A signature is verified where there is one (an <c>Authorization</c> of another kind is the application's
/// own); only a request whose signature covers a body of unknown hash is held whole for that, any other body stays a stream.
/// </summary>
internal sealed class HandlerStep(RequestAuthenticator authenticator, RequestGate gate, CallContextFactory calls, BodyMemory memory)
{
    public async Task HandleAsync(EdgeExchange exchange, IEdgeRoute handler, long active)
    {
        var http = exchange.Http;

        // 3 authenticate
        var (signed, refusal) = await BeginAsync(exchange);

        // 4 throttle
        gate.Check(active);

        // 5 read
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = handler.MaxBodyBytes;
        }

        if (signed is { Payload: SignedPayload.Computed or SignedPayload.Declared })
        {
            refusal = await CompleteAsync(exchange, signed, handler.MaxBodyBytes);
        }

        http.Response.Headers["x-amzn-RequestId"] = exchange.RequestId;
        var call = calls.Create(exchange, refusal is null ? signed : null);
        await (refusal is null ? handler.HandleAsync(http, call) : handler.HandleRefusedAsync(http, call, refusal));
    }

    private async ValueTask<(SignedRequest? Signed, ServiceException? Refusal)> BeginAsync(EdgeExchange exchange)
    {
        if (!RequestSignature.IsPresent(exchange.Http.Request.Headers, exchange.RawQuery))
        {
            return default;
        }

        try
        {
            return (await authenticator.BeginAsync(exchange, Protocol.RestJson, service: null), null);
        }
        catch (ServiceException problem)
        {
            return (null, problem);
        }
    }

    /// <summary>Reads the body for its hash; handlers find it in its place again.</summary>
    private async ValueTask<ServiceException?> CompleteAsync(EdgeExchange exchange, SignedRequest signed, int maxBodyBytes)
    {
        var request = exchange.Http.Request;
        using var body = await RequestBody.ReadAsync(
            request.BodyReader, request.ContentLength, maxBodyBytes, "InvokeFunctionUrl", memory, exchange.Http.RequestAborted);
        request.Body = new MemoryStream(body.Bytes.ToArray(), writable: false);
        try
        {
            authenticator.Complete(exchange, signed, body.Bytes.Span, Protocol.RestJson);
            return null;
        }
        catch (ServiceException problem)
        {
            return problem;
        }
    }
}
