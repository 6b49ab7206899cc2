using System.Globalization;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>Where the body of an answer ends, and which of the bytes that arrived are its: by length, in chunks, or until the connection closes.</summary>
internal struct BodyReader
{
    /// <summary>A chunk's size with extensions, or a line of a trailer.</summary>
    private const int MaxLineBytes = 8 << 10;

    private enum State
    {
        None,
        Sized,
        UntilClose,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailer,
        Ended,
    }

    private State _state;
    private long _remaining;

    public readonly bool Ended => _state == State.Ended;

    public readonly bool UntilClose => _state == State.UntilClose || _remaining < 0;

    public static BodyReader For(AnswerHead head, bool isHead)
    {
        if (isHead || head.Status is 204 or 304 || head is { Chunked: false, ContentLength: 0 })
        {
            return new BodyReader { _state = State.Ended };
        }

        return head.Chunked ? new BodyReader { _state = State.ChunkSize }
            : head.ContentLength is { } length ? new BodyReader { _state = State.Sized, _remaining = length }
            : new BodyReader { _state = State.UntilClose, _remaining = -1 };
    }

    /// <summary>The connection has been closed; false when the body is not complete with it.</summary>
    public bool EndByClose()
    {
        if (_state == State.UntilClose)
        {
            _state = State.Ended;
        }

        return _state == State.Ended;
    }

    /// <summary>Finds the next piece of the body in what has arrived; false when more has to arrive, or the body has ended.</summary>
    /// <param name="skipped">Bytes of framing before the piece.</param>
    public bool TryTake(ReadOnlySpan<byte> bytes, out int skipped, out int length)
    {
        (skipped, length) = (0, 0);
        while (_state is State.ChunkSize or State.ChunkEnd or State.Trailer)
        {
            var line = bytes[skipped..].IndexOf("\r\n"u8);
            if (line < 0)
            {
                return bytes.Length - skipped <= MaxLineBytes ? false : throw new WorkerProtocolException("a chunk of the answer has no size");
            }

            ReadLine(bytes.Slice(skipped, line));
            skipped += line + 2;
        }

        if (_state is State.None or State.Ended || skipped == bytes.Length)
        {
            return false;
        }

        length = _state == State.UntilClose ? bytes.Length - skipped : (int)Math.Min(_remaining, bytes.Length - skipped);
        if (_state != State.UntilClose && (_remaining -= length) == 0)
        {
            _state = _state == State.Sized ? State.Ended : State.ChunkEnd;
        }

        return true;
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        switch (_state)
        {
            case State.ChunkEnd:
                _state = line.IsEmpty ? State.ChunkSize : throw new WorkerProtocolException("a chunk of the answer is longer than its size");
                break;
            case State.Trailer:
                _state = line.IsEmpty ? State.Ended : State.Trailer;
                break;
            default:
                var extension = line.IndexOf((byte)';');
                var size = (extension < 0 ? line : line[..extension]).Trim(" \t"u8);
                if (!long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _remaining) || _remaining < 0)
                {
                    throw new WorkerProtocolException("a chunk of the answer has no size");
                }

                _state = _remaining == 0 ? State.Trailer : State.ChunkData;
                break;
        }
    }
}
