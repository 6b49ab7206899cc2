using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Petrel.Functions.Runtimes.Frames;

/// <summary>
/// The conversation with a bootstrap that runs several invocations at a time: behind Ready, every frame carries its invocation's number.
/// Frames are sent together when they come faster than the socket takes them; one loop receives for all.
/// </summary>
internal sealed class SharedFrameSession(Socket socket, RuntimeAssignment assignment, string taskRoot = "/var/task") : IRuntimeSession
{
    private const int NumberBytes = 4;

    private readonly ConcurrentDictionary<uint, SharedCall> _calls = new();
    private readonly FrameChannel _channel = new(socket);
    private readonly FrameBatch _batch = new(socket);
    private readonly FrameSession _first = new(socket, assignment, taskRoot);
    private uint _lastNumber;
    private volatile bool _over;

    public async ValueTask<InitOutcome> InitAsync(CancellationToken cancellationToken)
    {
        var outcome = await _first.InitAsync(cancellationToken);
        if (outcome.Kind == InitOutcomeKind.Ready)
        {
            _ = ReceiveAsync();
        }

        return outcome;
    }

    public async ValueTask<RuntimeOutcome> InvokeAsync(Invocation invocation, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var call = new SharedCall(invocation.ResponseStream);
        _calls[number] = call;
        try
        {
            if (_over)
            {
                return new RuntimeOutcome(RuntimeOutcomeKind.Exited); // The loop may have looked before this call was there.
            }

            _batch.Send(invocation, deadline, number);
            await using var registration = cancellationToken.UnsafeRegister(static state => ((SharedCall)state!).Cancel(), call);
            return await call.Task;
        }
        finally
        {
            _calls.TryRemove(number, out _);
        }
    }

    /// <inheritdoc cref="FrameSession.WatchAsync"/>
    public Task WatchAsync(Task exited) => _first.WatchAsync(exited);

    public ValueTask DisposeAsync()
    {
        _channel.Release();
        return ValueTask.CompletedTask; // The socket is the sandbox's, and its end is the loop's.
    }

    private async Task ReceiveAsync()
    {
        var last = new RuntimeOutcome(RuntimeOutcomeKind.Exited);
        while (await _channel.ReceiveAsync(AnswerLimits.BufferedBytes + NumberBytes, CancellationToken.None) is { } frame)
        {
            if (frame.Kind == FrameKind.Fatal)
            {
                last = new RuntimeOutcome(RuntimeOutcomeKind.Error, frame.Keep(), Ends: true);
                break;
            }

            if (!await TakeAsync(frame))
            {
                break; // It does not speak the protocol, so nothing it says next can be trusted.
            }
        }

        _over = true;
        foreach (var call in _calls.Values)
        {
            call.End(last);
        }
    }

    /// <summary>Frames of invocations that have been given up are dropped.</summary>
    /// <returns>False for a frame that makes no sense.</returns>
    private async ValueTask<bool> TakeAsync(Frame frame)
    {
        if (frame.Dropped || frame.Body.Length < NumberBytes)
        {
            return false;
        }

        if (!_calls.TryGetValue(BinaryPrimitives.ReadUInt32LittleEndian(frame.Body.Span), out var call))
        {
            return true;
        }

        var body = frame.Body[NumberBytes..];
        switch (frame.Kind)
        {
            case FrameKind.Response:
                call.End(new RuntimeOutcome(RuntimeOutcomeKind.Response, Keep(frame, body), SizeBytes: body.Length));
                return true;
            case FrameKind.Error:
                call.End(new RuntimeOutcome(RuntimeOutcomeKind.Error, Keep(frame, body)));
                return true;
            case FrameKind.TooLarge when body.Length == sizeof(long):
                call.End(new RuntimeOutcome(RuntimeOutcomeKind.TooLarge, SizeBytes: BinaryPrimitives.ReadInt64LittleEndian(body.Span)));
                return true;
            case FrameKind.StreamStart or FrameKind.StreamChunk or FrameKind.StreamEnd:
                return await call.StreamAsync(frame.Kind, body.ToArray());
            default:
                return false;
        }
    }

    private static ReadOnlyMemory<byte> Keep(Frame frame, ReadOnlyMemory<byte> body) => frame.Owned || body.IsEmpty ? body : body.ToArray();
}
