using Microsoft.AspNetCore.Http;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Server.Services.Lambda.Urls;

/// <summary>Sends a streamed answer of a function URL as the function makes it: every chunk is flushed, none is kept.</summary>
internal sealed class UrlResponseStream(HttpContext http, CorsRecord? cors) : IResponseStream
{
    /// <summary>The function's metadata describe no HTTP answer.</summary>
    private bool _refused;
    private bool _started;

    public async ValueTask StartAsync(string contentType, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken)
    {
        var response = http.Response;
        if (!metadata.IsEmpty && !UrlAnswer.TryApplyPrelude(response, metadata.Span))
        {
            _refused = true;
            return;
        }

        if (metadata.IsEmpty)
        {
            response.ContentType = contentType;
        }

        if (cors is not null)
        {
            UrlCors.Apply(http, cors);
        }

        _started = true;
        await response.StartAsync(CancellationToken.None);
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        // A client that has gone takes nothing more; the invocation runs to its end all the same.
        if (!_refused && !http.RequestAborted.IsCancellationRequested && !HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.BodyWriter.WriteAsync(chunk, CancellationToken.None);
        }
    }

    /// <summary>Ends the answer, or makes it when the handler did not stream.</summary>
    public async Task EndAsync(InvocationResult result)
    {
        if (_started)
        {
            if (result.FunctionError is not null)
            {
                // Status and headers have gone out: cutting the answer off is all that tells the client.
                http.Abort();
            }

            return;
        }

        if (_refused || result.FunctionError is not null)
        {
            await UrlErrors.WriteFunctionErrorAsync(http);
            return;
        }

        await StartAsync(result.ContentType, default, CancellationToken.None);
        await WriteAsync(result.Payload, CancellationToken.None);
    }
}
