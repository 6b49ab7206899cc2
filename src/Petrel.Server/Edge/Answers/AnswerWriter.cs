using System.Buffers;
using Microsoft.AspNetCore.Http;
using Petrel.Wire;
using Petrel.Wire.Protocols;

namespace Petrel.Server.Edge;

/// <summary>Step 11: sends what the codec wrote.</summary>
internal static class AnswerWriter
{
    private const int StreamPieceBytes = 131_072;

    public static async ValueTask SendAsync(HttpContext http, WireResponse answer)
    {
        var response = http.Response;
        response.StatusCode = answer.Status;
        if (answer.Events is { } events)
        {
            await SendEventsAsync(http, events);
            return;
        }

        if (answer.Stream is { } stream)
        {
            await using (stream)
            {
                await SendStreamAsync(response, stream, http.RequestAborted);
            }

            return;
        }

        var body = answer.Written;
        if (answer.Status is 204 or 304)
        {
            return;
        }

        // The answer to HEAD says how long that to GET would be.
        if (body.Length > 0 || response.ContentLength is null || !HttpMethods.IsHead(http.Request.Method))
        {
            response.ContentLength = body.Length;
        }

        if (body.Length > 0 && !HttpMethods.IsHead(http.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body, http.RequestAborted);
        }
    }

    /// <summary>Reads into the answer's own memory; what is in memory already goes out in one piece.</summary>
    private static async ValueTask SendStreamAsync(HttpResponse response, Stream stream, CancellationToken cancellationToken)
    {
        var output = response.BodyWriter;
        if (stream is MemoryStream whole && whole.TryGetBuffer(out var bytes))
        {
            response.ContentLength ??= bytes.Count;
            await output.WriteAsync(bytes.AsMemory((int)whole.Position), cancellationToken);
            return;
        }

        while (true)
        {
            var read = await stream.ReadAsync(output.GetMemory(StreamPieceBytes), cancellationToken);
            if (read == 0)
            {
                return;
            }

            output.Advance(read);
            await output.FlushAsync(cancellationToken);
        }
    }

    /// <summary>Each event leaves at once; a service that fails in between ends the stream with an exception's frame.</summary>
    private static async ValueTask SendEventsAsync(HttpContext http, Wire.EventStream.EventSequence events)
    {
        var output = http.Response.BodyWriter;
        try
        {
            await foreach (var frame in events.FramesAsync(http.RequestAborted))
            {
                await output.WriteAsync(frame, http.RequestAborted);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            using var frame = new PooledBuffer();
            events.WriteFailure(frame, EdgeErrors.Internal());
            await output.WriteAsync(frame.Written, http.RequestAborted);
            throw new AnswerBrokenException(failure);
        }
    }
}

/// <summary>The answer had begun when the service failed, and the client has been told within it; only the log is left to tell.</summary>
internal sealed class AnswerBrokenException(Exception inner) : Exception("The service failed while its answer was being sent.", inner);
