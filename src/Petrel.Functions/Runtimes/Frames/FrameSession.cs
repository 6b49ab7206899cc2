using System.Net.Sockets;
using Petrel.Functions.Instances;

namespace Petrel.Functions.Runtimes.Frames;

/// <summary>The conversation with one of our bootstraps.</summary>
/// <param name="taskRoot">Where the process sees the function's code.</param>
internal sealed class FrameSession(Socket socket, RuntimeAssignment assignment, string taskRoot = "/var/task") : IRuntimeSession
{
    private readonly FrameChannel _channel = new(socket);
    private readonly FrameWriter _writer = new();
    private bool _awaited = assignment.StartedBefore;

    public async ValueTask<InitOutcome> InitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _channel.SendAsync(_writer.Init(assignment, taskRoot), cancellationToken);
            AwaitBriefly();
            var answer = await _channel.ReceiveAsync(AnswerLimits.ErrorBytes, cancellationToken);
            return answer switch
            {
                { Kind: FrameKind.Ready } => new InitOutcome(InitOutcomeKind.Ready),
                { Kind: FrameKind.InitError } error => new InitOutcome(InitOutcomeKind.Error, error.Keep()),
                _ => new InitOutcome(InitOutcomeKind.Exited),
            };
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return new InitOutcome(InitOutcomeKind.Exited); // It ended before it read its assignment.
        }
        finally
        {
            _channel.Release();
        }
    }

    public async ValueTask<RuntimeOutcome> InvokeAsync(Invocation invocation, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        try
        {
            await _channel.SendAsync(_writer.Invoke(invocation, deadline), cancellationToken);
            if (invocation.Payload.Length > FrameWriter.SmallEventBytes)
            {
                await _channel.SendAsync(invocation.Payload, cancellationToken);
            }

            AwaitBriefly();
            _awaited = false;
            var first = await _channel.ReceiveAsync(AnswerLimits.BufferedBytes, cancellationToken);
            return first switch
            {
                { Kind: FrameKind.Response } answer => Answered(answer),
                { Kind: FrameKind.StreamStart, Dropped: false } start => await StreamAsync(start, invocation, cancellationToken),
                { Kind: FrameKind.Error or FrameKind.Fatal } error => Failed(error),
                _ => new RuntimeOutcome(RuntimeOutcomeKind.Exited),
            };
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return new RuntimeOutcome(RuntimeOutcomeKind.Exited);
        }
        finally
        {
            _channel.Release();
        }
    }

    /// <summary>
    /// Ends what is waited for when the process has ended, after all that it wrote: a descendant may still hold its end of the socket.
    /// </summary>
    public async Task WatchAsync(Task exited)
    {
        await exited.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            socket.Shutdown(SocketShutdown.Receive); // What is in it can still be read; behind it comes its end.
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return; // It is over already.
        }
    }

    public ValueTask DisposeAsync()
    {
        _channel.Release();
        return ValueTask.CompletedTask; // The socket is the sandbox's.
    }

    /// <summary>A process that was up before loads a small handler, and runs it for the first time, within a millisecond or two.</summary>
    private void AwaitBriefly()
    {
        if (_awaited)
        {
            Brief.WaitToRead(socket);
        }
    }

    private RuntimeOutcome Answered(Frame answer)
    {
        if (_channel.HasLeftOver)
        {
            return new RuntimeOutcome(RuntimeOutcomeKind.Exited); // It spoke out of turn, so nothing it says next can be trusted.
        }

        return answer.Dropped
            ? new RuntimeOutcome(RuntimeOutcomeKind.TooLarge, SizeBytes: answer.LengthBytes)
            : new RuntimeOutcome(RuntimeOutcomeKind.Response, answer.Keep(), SizeBytes: answer.LengthBytes);
    }

    private static RuntimeOutcome Failed(Frame error) => new(RuntimeOutcomeKind.Error, error.Keep(), Ends: error.Kind == FrameKind.Fatal);

    private async ValueTask<RuntimeOutcome> StreamAsync(Frame start, Invocation invocation, CancellationToken cancellationToken)
    {
        if (!StreamStart.TryRead(start.Body.Span, out var contentType, out var metadata))
        {
            return new RuntimeOutcome(RuntimeOutcomeKind.Exited);
        }

        var writer = new ResponseStreamWriter(invocation.ResponseStream);
        await writer.StartAsync(contentType, metadata, cancellationToken);
        while (true)
        {
            var frame = await _channel.ReceiveAsync(AnswerLimits.BufferedBytes, cancellationToken);
            switch (frame)
            {
                case { Kind: FrameKind.StreamChunk, Dropped: false } chunk:
                    await writer.WriteAsync(chunk.Body, cancellationToken);
                    break;
                case { Kind: FrameKind.StreamEnd, Body.IsEmpty: true }:
                    return writer.Complete();
                case { Kind: FrameKind.StreamEnd or FrameKind.Fatal } error:
                    return writer.Fail(error.Keep(), ends: error.Kind == FrameKind.Fatal);
                default:
                    return new RuntimeOutcome(RuntimeOutcomeKind.Exited);
            }
        }
    }
}
