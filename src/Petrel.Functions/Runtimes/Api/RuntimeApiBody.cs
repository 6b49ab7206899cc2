using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Petrel.Functions.Runtimes.Api;

/// <summary>Reads what a process posts to the Runtime API.</summary>
internal sealed class RuntimeApiBody(IFeatureCollection context)
{
    private const string WithMetadata = "application/vnd.awslambda.http-integration-response";
    private const string ErrorType = "Lambda-Runtime-Function-Error-Type";
    private const string ErrorBody = "Lambda-Runtime-Function-Error-Body";

    /// <summary>Metadata is headers and cookies; longer than this it is none.</summary>
    private const int MaxMetadataBytes = 256 * 1024;

    private static readonly byte[] EndOfMetadata = new byte[8];

    private readonly IHttpRequestFeature _request = context.Get<IHttpRequestFeature>()!;
    private readonly PipeReader _body = context.Get<IRequestBodyPipeFeature>()!.Reader;
    private readonly CancellationToken _aborted = context.Get<IHttpRequestLifetimeFeature>()!.RequestAborted;

    public async ValueTask<RuntimeOutcome> ReadAnswerAsync()
    {
        var (bytes, length) = await ReadToEndAsync(AnswerLimits.BufferedBytes);
        var contentType = _request.Headers.ContentType;
        return length > AnswerLimits.BufferedBytes
            ? new RuntimeOutcome(RuntimeOutcomeKind.TooLarge, SizeBytes: length)
            : new RuntimeOutcome(RuntimeOutcomeKind.Response, bytes, StringValues.IsNullOrEmpty(contentType) ? null : contentType.ToString(), SizeBytes: length);
    }

    public async ValueTask<(ReadOnlyMemory<byte> Body, string? Type)> ReadErrorAsync()
    {
        var (bytes, _) = await ReadToEndAsync(AnswerLimits.ErrorBytes);
        var type = _request.Headers[ErrorType];
        return (bytes, StringValues.IsNullOrEmpty(type) ? null : type.ToString());
    }

    /// <summary>Passes a streamed answer on while it arrives; an error of the handler stands in the trailers.</summary>
    public async ValueTask<RuntimeOutcome> StreamAsync(Invocation invocation)
    {
        var writer = new ResponseStreamWriter(invocation.ResponseStream);
        var contentType = _request.Headers.ContentType.ToString() is { Length: > 0 } given ? given : "application/octet-stream";
        var metadata = contentType.StartsWith(WithMetadata, StringComparison.OrdinalIgnoreCase) ? await ReadMetadataAsync() : default;
        while (true)
        {
            var read = await _body.ReadAsync(_aborted);
            if (!writer.Started && (!read.Buffer.IsEmpty || !Failed()))
            {
                await writer.StartAsync(contentType, metadata, _aborted);
            }

            foreach (var segment in read.Buffer)
            {
                await writer.WriteAsync(segment, _aborted);
            }

            _body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return Failed() ? writer.Fail(TrailingError(), Trailer(ErrorType)) : writer.Complete();
            }
        }
    }

    // A longer body is read to its end and dropped, since a client that cannot finish writing does not read the answer.
    private async ValueTask<(ReadOnlyMemory<byte> Bytes, long Length)> ReadToEndAsync(int maxBytes)
    {
        var collected = new ArrayBufferWriter<byte>(256);
        var length = 0L;
        while (true)
        {
            var read = await _body.ReadAsync(_aborted);
            length += read.Buffer.Length;
            if (length <= maxBytes)
            {
                foreach (var segment in read.Buffer)
                {
                    collected.Write(segment.Span);
                }
            }

            _body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return (collected.WrittenMemory, length);
            }
        }
    }

    // JSON, then eight zero bytes. What has no such end is taken as body.
    private async ValueTask<ReadOnlyMemory<byte>> ReadMetadataAsync()
    {
        while (true)
        {
            var read = await _body.ReadAsync(_aborted);
            var reader = new SequenceReader<byte>(read.Buffer);
            if (reader.TryReadTo(out ReadOnlySequence<byte> metadata, EndOfMetadata))
            {
                var bytes = metadata.ToArray();
                _body.AdvanceTo(reader.Position);
                return bytes;
            }

            if (read.IsCompleted || read.Buffer.Length > MaxMetadataBytes)
            {
                _body.AdvanceTo(read.Buffer.Start);
                return default;
            }

            _body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private bool Failed() => Trailer(ErrorType) is not null || Trailer(ErrorBody) is not null;

    private string? Trailer(string name) =>
        context.Get<IHttpRequestTrailersFeature>() is { Available: true } trailers && trailers.Trailers[name] is { Count: > 0 } value ? value.ToString() : null;

    private byte[] TrailingError()
    {
        var base64 = Trailer(ErrorBody) ?? "";
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : [];
    }
}
