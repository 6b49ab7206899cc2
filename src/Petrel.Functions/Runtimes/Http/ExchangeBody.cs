using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>The whole body of a client's request, for families whose programs get it inside of JSON.</summary>
internal static class ExchangeBody
{
    /// <returns>Null when it cannot be had: the exchange then says why.</returns>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpExchange exchange, CancellationToken cancellationToken)
    {
        var http = exchange.Context;
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        var body = new ArrayBufferWriter<byte>();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, cancellationToken);
        try
        {
            while (true)
            {
                var read = await http.Request.BodyReader.ReadAsync(either.Token);
                foreach (var part in read.Buffer)
                {
                    body.Write(part.Span);
                }

                http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                if (body.WrittenCount > exchange.MaxBodyBytes)
                {
                    exchange.Refusal = StatusCodes.Status413PayloadTooLarge;
                    return null;
                }

                if (read.IsCompleted)
                {
                    return body.WrittenMemory;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            exchange.Refusal = e is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status400BadRequest;
            return null;
        }
    }
}
