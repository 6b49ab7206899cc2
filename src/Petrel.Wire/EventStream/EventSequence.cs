using System.Runtime.CompilerServices;
using System.Text.Json;
using Petrel.Wire.Json;
using Petrel.Wire.Operations;
using Petrel.Wire.Protocols;
using Petrel.Wire.Shapes;

namespace Petrel.Wire.EventStream;

/// <summary>The events of an answer, encoded one by one as the service makes them.</summary>
public sealed class EventSequence
{
    public const string ContentType = "application/vnd.amazon.eventstream";

    private readonly ServiceTable _service;
    private readonly EventsShape _shape;
    private readonly IAsyncEnumerable<object> _events;
    private readonly byte[]? _initialResponse;

    /// <param name="initialResponse">The members beside the events, for the protocols that send them as a first event.</param>
    internal EventSequence(ServiceTable service, EventsShape shape, object events, byte[]? initialResponse)
    {
        _service = service;
        _shape = shape;
        _events = (IAsyncEnumerable<object>)events;
        _initialResponse = initialResponse;
    }

    /// <summary>
    /// Frames ready to send; each is valid until the next is asked for. A <see cref="ServiceException"/> of the service becomes the last
    /// frame; any other exception passes through.
    /// </summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> FramesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var frame = new PooledBuffer();
        using var payload = new PooledBuffer();
        if (_initialResponse is not null)
        {
            EventMessage.Write(frame, EventHeaders("initial-response", "application/json"), _initialResponse);
            yield return frame.Written;
        }

        await using var events = _events.GetAsyncEnumerator(cancellationToken);
        var goesOn = true;
        while (goesOn)
        {
            frame.Clear();
            payload.Clear();
            try
            {
                goesOn = await events.MoveNextAsync();
                if (goesOn)
                {
                    WriteEvent(frame, payload, events.Current);
                }
            }
            catch (ServiceException failure)
            {
                frame.Clear();
                WriteFailure(frame, failure);
                goesOn = false;
            }

            if (frame.Length > 0)
            {
                yield return frame.Written;
            }
        }
    }

    /// <summary>The frame that ends a stream whose service failed.</summary>
    public void WriteFailure(PooledBuffer frame, ServiceException failure)
    {
        using var body = new PooledBuffer();
        var writer = JsonWriterCache.Rent(body);
        JsonErrors.WriteTo(writer, _service, failure, withType: false);
        writer.Flush();
        JsonWriterCache.Return(writer);
        EventMessage.Write(
            frame,
            [new(":exception-type", failure.Code), new(":content-type", "application/json"), new(":message-type", "exception")],
            body.Written.Span);
    }

    private void WriteEvent(PooledBuffer frame, PooledBuffer payload, object item)
    {
        var shape = _shape.Event(item);
        var name = _service.Shapes.Named(shape.Name);
        if (shape.Payload is { } member)
        {
            var bytes = member.Get(item) is { } blob ? ScalarText.Bytes(blob) : default;
            EventMessage.Write(frame, EventHeaders(name, "application/octet-stream"), bytes.Span);
            return;
        }

        var writer = JsonWriterCache.Rent(payload);
        JsonShapeWriter.WriteRecord(writer, shape, item, bodyMembersOnly: false);
        writer.Flush();
        JsonWriterCache.Return(writer);
        EventMessage.Write(frame, EventHeaders(name, "application/json"), payload.Written.Span);
    }

    private static KeyValuePair<string, string>[] EventHeaders(string type, string contentType) =>
        [new(":event-type", type), new(":content-type", contentType), new(":message-type", "event")];

    /// <summary>The answer's other members as a document, without the events.</summary>
    internal static byte[] InitialResponse(RecordShape shape, object result)
    {
        using var buffer = new PooledBuffer();
        using var writer = new Utf8JsonWriter(buffer, JsonShapeWriter.Options);
        JsonShapeWriter.WriteRecord(writer, shape, result, bodyMembersOnly: true);
        writer.Flush();
        return buffer.Written.ToArray();
    }
}
