using System.Buffers;

namespace Petrel.Functions.Runtimes;

/// <summary>
/// Where a streamed answer goes: to the caller's stream, or, when the caller wants it whole, into memory: then its HTTP metadata stands before the
/// body, followed by eight zero bytes, as the invoke operation of the real service returns it.
/// </summary>
internal sealed class ResponseStreamWriter(IResponseStream? target)
{
    private static readonly byte[] EndOfMetadata = new byte[8];

    private readonly ArrayBufferWriter<byte>? _collected = target is null ? new ArrayBufferWriter<byte>() : null;
    private string _contentType = "application/octet-stream";
    private bool _gone;

    public bool Started { get; private set; }

    public long WrittenBytes { get; private set; }

    /// <summary>More was written than an answer of this kind may have.</summary>
    public bool TooLarge => WrittenBytes > (_collected is null ? AnswerLimits.StreamedBytes : AnswerLimits.BufferedBytes);

    public async ValueTask StartAsync(string contentType, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken)
    {
        Started = true;
        _contentType = contentType;
        if (target is not null)
        {
            await SendAsync(() => target.StartAsync(contentType, metadata, cancellationToken));
        }
        else if (!metadata.IsEmpty)
        {
            Collect(metadata.Span);
            Collect(EndOfMetadata);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        WrittenBytes += chunk.Length;
        if (TooLarge || chunk.IsEmpty)
        {
            return;
        }

        if (target is null)
        {
            _collected!.Write(chunk.Span);
        }
        else if (!_gone)
        {
            await SendAsync(() => target.WriteAsync(chunk, cancellationToken));
        }
    }

    /// <summary>How the invocation ended, the handler having finished its stream.</summary>
    public RuntimeOutcome Complete()
    {
        if (TooLarge)
        {
            return new RuntimeOutcome(RuntimeOutcomeKind.TooLarge, SizeBytes: WrittenBytes);
        }

        return _collected is null
            ? new RuntimeOutcome(RuntimeOutcomeKind.Streamed, SizeBytes: WrittenBytes)
            : new RuntimeOutcome(RuntimeOutcomeKind.Response, _collected.WrittenMemory, _contentType);
    }

    /// <summary>How the invocation ended, the handler having failed: what was collected is dropped, what was sent is sent.</summary>
    public RuntimeOutcome Fail(ReadOnlyMemory<byte> error, string? errorType = null, bool ends = false)
    {
        var kind = Started && _collected is null ? RuntimeOutcomeKind.StreamFailed : RuntimeOutcomeKind.Error;
        return new RuntimeOutcome(kind, error, ErrorType: errorType, SizeBytes: WrittenBytes, Ends: ends);
    }

    private void Collect(ReadOnlySpan<byte> bytes)
    {
        WrittenBytes += bytes.Length;
        _collected!.Write(bytes);
    }

    // A caller that has gone does not end the invocation: the rest of its answer is dropped.
    private async ValueTask SendAsync(Func<ValueTask> send)
    {
        try
        {
            await send();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            _gone = true;
        }
    }
}
