using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Petrel.Aws.Lambda;
using Petrel.Functions;

namespace Petrel.Server.Services.Lambda.Invocation;

/// <summary>
/// Carries a streamed answer from the engine to the event stream of <c>InvokeWithResponseStream</c>. A slow client holds the function back;
/// when it has gone, the rest of the answer is dropped.
/// </summary>
internal sealed class EventStreamAnswer : IResponseStream
{
    /// <summary>The content type of an answer that begins with an HTTP prelude.</summary>
    public const string HttpIntegration = "application/vnd.awslambda.http-integration-response";

    /// <summary>Chunks that wait for the client before the function does.</summary>
    private const int MaxWaiting = 16;

    /// <summary>What stands between the prelude and the body.</summary>
    private const int PreludeDelimiterBytes = 8;

    private readonly TaskCompletionSource<string> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Channel<PayloadChunk> _chunks = Channel.CreateBounded<PayloadChunk>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, SingleWriter = true });

    /// <summary>Completes with the content type when the first byte is about to come.</summary>
    public Task<string> Started => _started.Task;

    public async ValueTask StartAsync(string contentType, ReadOnlyMemory<byte> metadata, CancellationToken cancellationToken)
    {
        _started.TrySetResult(metadata.IsEmpty ? contentType : HttpIntegration);
        if (!metadata.IsEmpty)
        {
            var prelude = new byte[metadata.Length + PreludeDelimiterBytes];
            metadata.CopyTo(prelude);
            await WriteAsync(prelude, cancellationToken);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        try
        {
            await _chunks.Writer.WriteAsync(new PayloadChunk(chunk.ToArray()), cancellationToken);
        }
        catch (ChannelClosedException)
        {
            // The client has gone. The invocation runs to its end all the same.
        }
    }

    /// <summary>The client has gone, or the invocation has ended: nothing more is taken.</summary>
    public void Close() => _chunks.Writer.TryComplete();

    /// <summary>The answer's events, up to the one that says how the invocation ended.</summary>
    public async IAsyncEnumerable<InvokeStreamEvent> ReadAsync(
        Task<InvocationResult> invocation,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            await foreach (var chunk in _chunks.Reader.ReadAllAsync(cancellationToken))
            {
                yield return chunk;
            }

            var (whole, end) = await DescribeEndAsync(invocation);
            if (whole is not null)
            {
                yield return whole;
            }

            yield return end;
        }
        finally
        {
            Close();
        }
    }

    private static async Task<(PayloadChunk? Whole, InvokeComplete End)> DescribeEndAsync(Task<InvocationResult> invocation)
    {
        try
        {
            var result = await invocation;
            var log = result.LogTail.IsEmpty ? null : Convert.ToBase64String(result.LogTail.Span);
            if (result.FunctionError is { } error)
            {
                return (null, new InvokeComplete(error, System.Text.Encoding.UTF8.GetString(result.Payload.Span), log));
            }

            // A handler that does not stream gives its whole answer at the end: it is one chunk.
            return (result.Payload.IsEmpty ? null : new PayloadChunk(result.Payload), new InvokeComplete(LogResult: log));
        }
        catch (FunctionStartException failure)
        {
            return (null, new InvokeComplete(failure.Code, failure.Message));
        }
    }
}
