using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>
/// One exchange of a function URL with a program: 1 the head, with what there is of the body → 2 the rest of the body, while → 3 the answer's
/// head is awaited and → 4 its body passed on as it arrives. Nothing is held back, and no more is held than a connection's buffer.
/// </summary>
internal sealed class Forwarder(HttpExchange exchange, WorkerCall call, CancellationToken cancellationToken)
{
    private const int UsualHeadBytes = 2 << 10;

    /// <summary>A body up to this long goes with the head when it has arrived with the request's.</summary>
    private const int MaxBodyWithHead = 16 << 10;

    private const int MaxUnflushed = 32 << 10;

    private readonly HttpContext _http = exchange.Context;
    private bool _bodySent;

    /// <summary>Whether another connection may be tried after a failure: the whole request is still at hand, and doing it twice does no harm.</summary>
    public bool Repeatable => !Begun && _bodySent
        && _http.Request.Method is "GET" or "HEAD" or "OPTIONS" && !HasBody;

    public bool Begun => exchange.Begun || _http.Response.HasStarted;

    private bool HasBody => _http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false;

    /// <exception cref="IOException">The program's side failed.</exception>
    /// <exception cref="ClientFailedException">The client's side did, or its body is too long.</exception>
    public async ValueTask RunAsync(WorkerConnection connection)
    {
        using var given = cancellationToken.UnsafeRegister(static connection => ((WorkerConnection)connection!).Abort(), connection);
        using var gone = _http.RequestAborted.UnsafeRegister(static connection => ((WorkerConnection)connection!).Abort(), connection);
        var sending = SendAsync(connection); // 1
        if (sending.IsCompletedSuccessfully)
        {
            await AnswerAsync(connection);
            return;
        }

        await AnswerWhileSendingAsync(connection, sending.AsTask());
    }

    private async ValueTask SendAsync(WorkerConnection connection)
    {
        var writer = new RequestWriter(UsualHeadBytes);
        try
        {
            ForwardedRequest.WriteHead(ref writer, exchange, call);
            if (!HasBody)
            {
                if (_http.Request.ContentLength is 0)
                {
                    writer.Bytes("Content-Length: 0\r\n"u8); // Some servers ask for one with POST.
                }

                writer.EndHead();
                _bodySent = true;
                await connection.SendAsync(writer.Written);
                return;
            }

            var length = _http.Request.ContentLength;
            if (length is { } known)
            {
                writer.Header("Content-Length"u8, known);
            }
            else
            {
                writer.Bytes("Transfer-Encoding: chunked\r\n"u8);
            }

            writer.EndHead();
            _bodySent = length <= MaxBodyWithHead && TryWriteBody(ref writer, (int)length);
            await connection.SendAsync(writer.Written);
        }
        finally
        {
            writer.Dispose();
        }

        if (!_bodySent)
        {
            await SendBodyAsync(connection); // 2
        }
    }

    private bool TryWriteBody(ref RequestWriter writer, int length)
    {
        if (!_http.Request.BodyReader.TryRead(out var read))
        {
            return false;
        }

        if (read.Buffer.Length < length)
        {
            _http.Request.BodyReader.AdvanceTo(read.Buffer.Start);
            return false;
        }

        foreach (var part in read.Buffer)
        {
            writer.Bytes(part.Span);
        }

        exchange.BytesIn += read.Buffer.Length;
        _http.Request.BodyReader.AdvanceTo(read.Buffer.End);
        return true;
    }

    private async ValueTask SendBodyAsync(WorkerConnection connection)
    {
        var reader = _http.Request.BodyReader;
        var chunked = _http.Request.ContentLength is null;
        var sent = 0L;
        while (true)
        {
            var read = await ReadBodyAsync(reader);
            sent += read.Buffer.Length;
            if (sent > exchange.MaxBodyBytes)
            {
                throw new ClientFailedException(StatusCodes.Status413PayloadTooLarge);
            }

            exchange.BytesIn += read.Buffer.Length;
            await SendPieceAsync(connection, read.Buffer, chunked);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        if (chunked)
        {
            await connection.SendAsync(LastChunk);
        }

        _bodySent = true;
    }

    private async ValueTask<ReadResult> ReadBodyAsync(PipeReader reader)
    {
        try
        {
            var read = await reader.ReadAsync(_http.RequestAborted);
            if (!read.IsCanceled)
            {
                return read;
            }

            reader.AdvanceTo(read.Buffer.Start);
            throw new WorkerClosedException();
        }
        catch (WorkerClosedException)
        {
            throw;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            throw new ClientFailedException(e is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status400BadRequest);
        }
    }

    private static readonly byte[] LastChunk = "0\r\n\r\n"u8.ToArray();

    private static async ValueTask SendPieceAsync(WorkerConnection connection, ReadOnlySequence<byte> piece, bool chunked)
    {
        if (piece.IsEmpty)
        {
            return;
        }

        if (chunked)
        {
            await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes($"{piece.Length:x}\r\n"));
        }

        foreach (var part in piece)
        {
            await connection.SendAsync(part);
        }

        if (chunked)
        {
            await connection.SendAsync(LastChunk.AsMemory(1, 2));
        }
    }

    /// <summary>A program may answer before it has the whole body, and may even leave the rest unread.</summary>
    private async Task AnswerWhileSendingAsync(WorkerConnection connection, Task sending)
    {
        var answering = AnswerAsync(connection).AsTask();
        if (await Task.WhenAny(sending, answering) == sending && sending.Exception?.InnerException is ClientFailedException)
        {
            connection.Abort(); // The program gets no more of the request.
            await answering.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await sending;
        }

        try
        {
            await answering;
        }
        finally
        {
            if (!sending.IsCompleted)
            {
                connection.Abort();
                _http.Request.BodyReader.CancelPendingRead(); // Nobody may read the request after its end.
            }

            await sending.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        Complete = sending.IsCompletedSuccessfully;
    }

    /// <summary>Whether the program took the whole request: otherwise its connection is of no further use.</summary>
    public bool Complete { get; private set; } = true;

    private async ValueTask AnswerAsync(WorkerConnection connection)
    {
        await connection.ReadHeadAsync(HttpMethods.IsHead(_http.Request.Method)); // 3
        var head = connection.Head;
        if (head.Status == StatusCodes.Status101SwitchingProtocols)
        {
            throw new WorkerProtocolException("the program changed the protocol, which was not asked for");
        }

        WriteHead(head);
        await CopyBodyAsync(connection, _http.Response.BodyWriter); // 4
    }

    private void WriteHead(AnswerHead head)
    {
        var response = _http.Response;
        response.StatusCode = head.Status;
        foreach (var (name, value) in head.Headers)
        {
            response.Headers.Append(name, value);
        }

        if (head.Status is not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent))
        {
            response.ContentLength = head.ContentLength;
        }

        exchange.Answering?.Invoke(_http);
    }

    private async ValueTask CopyBodyAsync(WorkerConnection connection, PipeWriter target)
    {
        while (true)
        {
            while (connection.TryTake(out var piece))
            {
                if (connection.Head.Status != StatusCodes.Status205ResetContent)
                {
                    target.Write(piece.Span);
                    exchange.Begun = true;
                    exchange.BytesOut += piece.Length;
                }
            }

            if (connection.BodyEnded)
            {
                if (_http.Response.HasStarted)
                {
                    await target.FlushAsync(cancellationToken); // Kestrel does not, at the end of a request, what follows a flush.
                }

                return;
            }

            // What there is leaves at once, unless there is more already; a client that reads slowly slows the program.
            var filling = connection.FillAsync();
            if (!filling.IsCompleted || target.UnflushedBytes > MaxUnflushed)
            {
                await target.FlushAsync(cancellationToken);
            }

            await filling;
        }
    }
}

/// <summary>The client's side of an exchange failed.</summary>
internal sealed class ClientFailedException(int status) : Exception($"The request could not be read: {status}")
{
    public int Status => status;
}
