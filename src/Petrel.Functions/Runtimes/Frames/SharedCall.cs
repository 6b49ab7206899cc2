using System.Threading.Channels;

namespace Petrel.Functions.Runtimes.Frames;

/// <summary>One of several invocations in flight: it ends once, with an outcome or by being given up.</summary>
internal sealed class SharedCall(IResponseStream? target)
{
    /// <summary>So many chunks of a streamed answer wait for a slow reader; then the process waits, and with it what else it answers.</summary>
    private const int ChunksAhead = 16;

    private readonly TaskCompletionSource<RuntimeOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Channel<(FrameKind Kind, byte[] Body)>? _stream;

    public Task<RuntimeOutcome> Task => _outcome.Task;

    public void End(RuntimeOutcome outcome)
    {
        _stream?.Writer.TryComplete();
        _outcome.TrySetResult(outcome);
    }

    public void Cancel()
    {
        _outcome.TrySetCanceled();
        _stream?.Writer.TryComplete();
    }

    /// <summary>Called by the receiving loop alone.</summary>
    /// <returns>False when the frame does not belong where it comes.</returns>
    public async ValueTask<bool> StreamAsync(FrameKind kind, byte[] body)
    {
        if ((kind == FrameKind.StreamStart) != (_stream is null))
        {
            return false;
        }

        if (_stream is null)
        {
            if (!StreamStart.TryRead(body, out var contentType, out var metadata))
            {
                return false;
            }

            _stream = Channel.CreateBounded<(FrameKind, byte[])>(ChunksAhead);
            _ = WriteAsync(contentType, metadata, _stream.Reader);
            return true;
        }

        while (!_stream.Writer.TryWrite((kind, body)))
        {
            if (!await _stream.Writer.WaitToWriteAsync())
            {
                return true; // It has been given up.
            }
        }

        return true;
    }

    private async Task WriteAsync(string contentType, ReadOnlyMemory<byte> metadata, ChannelReader<(FrameKind Kind, byte[] Body)> frames)
    {
        var writer = new ResponseStreamWriter(target);
        try
        {
            await writer.StartAsync(contentType, metadata, CancellationToken.None);
            await foreach (var (kind, body) in frames.ReadAllAsync())
            {
                if (kind == FrameKind.StreamChunk)
                {
                    await writer.WriteAsync(body, CancellationToken.None);
                }
                else
                {
                    End(body.Length == 0 ? writer.Complete() : writer.Fail(body));
                    return;
                }
            }
        }
        catch (Exception e)
        {
            _stream!.Writer.TryComplete();
            _outcome.TrySetException(e);
        }
    }
}
