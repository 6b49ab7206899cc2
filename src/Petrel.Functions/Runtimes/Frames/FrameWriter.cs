using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Petrel.Functions.Runtimes.Frames;

/// <summary>Builds the frames that go to a process. One writer serves one session; what it returns is valid until the next frame.</summary>
internal sealed class FrameWriter
{
    /// <summary>Up to here an event is copied behind its header and leaves with it in one call.</summary>
    public const int SmallEventBytes = 16 * 1024;

    private const int LengthBytes = 4;
    private const int KindBytes = 1;

    private readonly ArrayBufferWriter<byte> _output = new(512);
    private readonly Utf8JsonWriter _json;

    public FrameWriter() => _json = new Utf8JsonWriter(_output, new JsonWriterOptions { SkipValidation = true });

    public ReadOnlyMemory<byte> Init(RuntimeAssignment assignment, string taskRoot)
    {
        Begin(FrameKind.Init);
        _json.WriteStartObject();
        _json.WriteStartObject("env"u8);
        if (assignment.StartedBefore)
        {
            // Otherwise it has them, and a wrapper script may have changed them.
            foreach (var (name, value) in assignment.Environment)
            {
                _json.WriteString(name, value);
            }
        }

        _json.WriteEndObject();
        _json.WriteString("taskRoot"u8, taskRoot);
        _json.WriteString("handler"u8, assignment.Function.Handler);
        if (assignment.Function.InstanceConcurrency > 1)
        {
            _json.WriteNumber("concurrency"u8, assignment.Function.InstanceConcurrency);
        }

        _json.WriteEndObject();
        _json.Flush();
        return End(followingBytes: 0);
    }

    /// <summary>The frame of an event; a large payload is left out, and must be sent behind it.</summary>
    /// <param name="number">Which of several invocations in flight it is; null where one runs at a time.</param>
    public ReadOnlyMemory<byte> Invoke(Invocation invocation, DateTimeOffset deadline, uint? number = null)
    {
        Begin(FrameKind.Invoke);
        if (number is { } which)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_output.GetSpan(sizeof(uint)), which);
            _output.Advance(sizeof(uint));
        }

        var header = _output.WrittenCount;
        Advance(LengthBytes);
        _json.WriteStartObject();
        _json.WriteString("requestId"u8, invocation.RequestId);
        _json.WriteNumber("deadlineMs"u8, deadline.ToUnixTimeMilliseconds());
        _json.WriteString("functionArn"u8, invocation.InvokedFunctionArn);
        if (invocation.TraceId is { } traceId)
        {
            _json.WriteString("traceId"u8, traceId);
        }

        if (ClientContext.ToJson(invocation.ClientContext) is { } clientContext)
        {
            _json.WriteString("clientContext"u8, clientContext);
        }

        _json.WriteEndObject();
        _json.Flush();
        BinaryPrimitives.WriteInt32LittleEndian(Written()[header..], _output.WrittenCount - header - LengthBytes);

        if (invocation.Payload.Length > SmallEventBytes)
        {
            return End(invocation.Payload.Length);
        }

        _output.Write(invocation.Payload.Span);
        return End(followingBytes: 0);
    }

    private void Begin(FrameKind kind)
    {
        _output.ResetWrittenCount();
        _json.Reset();
        Advance(LengthBytes);
        _output.GetSpan(KindBytes)[0] = (byte)kind;
        _output.Advance(KindBytes);
    }

    private void Advance(int count)
    {
        _output.GetSpan(count);
        _output.Advance(count);
    }

    private ReadOnlyMemory<byte> End(int followingBytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Written(), _output.WrittenCount - LengthBytes + followingBytes);
        return _output.WrittenMemory;
    }

    // The buffer behind ArrayBufferWriter is an array that this writer owns.
    private Span<byte> Written() => System.Runtime.InteropServices.MemoryMarshal.AsMemory(_output.WrittenMemory).Span;
}
