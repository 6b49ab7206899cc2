using Microsoft.AspNetCore.Http.Features;
using Petrel.Wire;

namespace Petrel.Server.Edge;

/// <summary>
/// Steps 3 to 11 of plain HTTP. A signature is verified where there is one; only a request whose signature covers a body of unknown hash
/// is held whole for that, any other body stays a stream.
/// </summary>
internal sealed class HandlerStep(RequestAuthenticator authenticator, RequestGate gate, CallContextFactory calls, BodyMemory memory)
{
    public async Task HandleAsync(EdgeExchange exchange, IEdgeRoute handler, long active)
    {
        var http = exchange.Http;

        // 3 authenticate
        var signed = await authenticator.BeginAsync(exchange, Protocol.RestJson, service: null);

        // 4 throttle
        gate.Check(active);

        // 5 read
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = handler.MaxBodyBytes;
        }

        http.Response.Headers["x-amzn-RequestId"] = exchange.RequestId;
        var call = calls.Create(exchange, signed);
        if (signed is not { Payload: SignedPayload.Computed or SignedPayload.Declared })
        {
            await handler.HandleAsync(http, call);
            return;
        }

        using var body = await RequestBody.ReadAsync(
            http.Request.BodyReader, http.Request.ContentLength, handler.MaxBodyBytes, "InvokeFunctionUrl", memory, http.RequestAborted);
        authenticator.Complete(exchange, signed, body.Bytes.Span, Protocol.RestJson);
        http.Request.Body = new MemoryStream(body.Bytes.ToArray(), writable: false);
        await handler.HandleAsync(http, call);
    }
}
