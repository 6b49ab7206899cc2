using System.Buffers;

namespace Petrel.Functions.Instances;

/// <summary>
/// The log of one instance: makes lines of what its process prints, and puts the platform's own lines between them. Bounded: a line ends
/// at 256 KB, as an event of CloudWatch Logs does; what is kept beside the current lines is the last 4 KB, when an invocation wants it.
/// </summary>
/// <remarks>A NUL inside a line stands for a line end that does not end the event: bootstraps print a stack trace as one event with it.</remarks>
internal sealed class InvocationLog(IInstanceLog log, TimeProvider time) : Sandboxes.ISandboxOutput, IDisposable
{
    public const int MaxLineBytes = 256 << 10;
    private readonly Lock _lock = new();
    private PartialLine _output;
    private PartialLine _error;
    private LogTail? _tail;
    private bool _wantTail;
    private bool _closed;

    public string StreamName => log.StreamName;

    /// <summary>Begins an invocation.</summary>
    public void Begin(bool wantTail)
    {
        lock (_lock)
        {
            _wantTail = wantTail;
            if (wantTail)
            {
                (_tail ??= new LogTail()).Clear();
            }
        }
    }

    /// <summary>From now on the last 4 KB of all invocations are kept: several run at a time.</summary>
    public void KeepTail()
    {
        lock (_lock)
        {
            (_wantTail, _tail) = (true, _tail ?? new LogTail());
        }
    }

    /// <summary>Of the last 4 KB, the lines that name the invocation.</summary>
    public ReadOnlyMemory<byte> TailOf(string requestId)
    {
        lock (_lock)
        {
            return _tail is null ? default : LogTail.LinesWith(_tail.ToArray(), System.Text.Encoding.ASCII.GetBytes(requestId));
        }
    }

    /// <summary>The last 4 KB since <see cref="Begin"/>.</summary>
    public ReadOnlyMemory<byte> TakeTail()
    {
        lock (_lock)
        {
            return _wantTail ? _tail!.ToArray() : default;
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, bool isError)
    {
        lock (_lock)
        {
            ref var partial = ref isError ? ref _error : ref _output;
            var now = time.GetUtcNow();
            while (bytes.Length > 0)
            {
                var end = bytes.IndexOf((byte)'\n');
                var piece = end < 0 ? bytes : bytes[..end];
                if (end >= 0 && partial.Length == 0 && piece.Length <= MaxLineBytes)
                {
                    Append(now, piece); // a whole line, straight from the pipe
                }
                else
                {
                    Collect(ref partial, piece, now, ends: end >= 0);
                }

                bytes = end < 0 ? default : bytes[(end + 1)..];
            }
        }
    }

    /// <summary>Writes a line of the platform.</summary>
    public void Platform(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            Append(time.GetUtcNow(), line);
        }
    }

    /// <summary>Ends lines that the process has begun and left.</summary>
    public void EndLines()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            End(ref _output, now);
            End(ref _error, now);
        }
    }

    public ValueTask FlushAsync() => log.FlushAsync();

    private void Collect(ref PartialLine partial, ReadOnlySpan<byte> piece, DateTimeOffset now, bool ends)
    {
        while (partial.Length + piece.Length > MaxLineBytes)
        {
            var room = MaxLineBytes - partial.Length;
            partial.Add(piece[..room]);
            piece = piece[room..];
            End(ref partial, now);
        }

        partial.Add(piece);
        if (ends)
        {
            Append(now, partial.Bytes);
            partial.Clear();
        }
    }

    private void End(ref PartialLine partial, DateTimeOffset now)
    {
        if (partial.Length > 0)
        {
            Append(now, partial.Bytes);
            partial.Clear();
        }
    }

    private void Append(DateTimeOffset now, ReadOnlySpan<byte> line)
    {
        if (_closed)
        {
            return;
        }

        if (line.Contains((byte)0))
        {
            var rented = ArrayPool<byte>.Shared.Rent(line.Length);
            var event_ = rented.AsSpan(0, line.Length);
            line.Replace(event_, (byte)0, (byte)'\n');
            Put(now, event_);
            ArrayPool<byte>.Shared.Return(rented);
        }
        else
        {
            Put(now, line);
        }
    }

    private void Put(DateTimeOffset now, ReadOnlySpan<byte> line)
    {
        log.Append(now, line);
        if (_wantTail)
        {
            _tail!.Add(line);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _output.Clear();
            _error.Clear();
            log.Dispose();
        }
    }

    /// <summary>The beginning of a line whose end has not come yet. Its buffer is rented while there is one.</summary>
    private struct PartialLine
    {
        private byte[]? _buffer;

        public int Length { get; private set; }

        public readonly ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

        public void Add(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length == 0)
            {
                return;
            }

            if (_buffer is null || _buffer.Length < Length + bytes.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + bytes.Length, 2 * Length));
                Bytes.CopyTo(larger);
                Return();
                _buffer = larger;
            }

            bytes.CopyTo(_buffer.AsSpan(Length));
            Length += bytes.Length;
        }

        public void Clear()
        {
            Return();
            (_buffer, Length) = (null, 0);
        }

        private readonly void Return()
        {
            if (_buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
            }
        }
    }
}

/// <summary>The last 4 KB of an invocation's log, as <c>LogType: Tail</c> gives them.</summary>
internal sealed class LogTail
{
    public const int MaxBytes = 4096;
    private readonly byte[] _ring = new byte[MaxBytes];
    private long _written;

    public void Clear() => _written = 0;

    public void Add(ReadOnlySpan<byte> line)
    {
        Put(line);
        Put("\n"u8);
    }

    public static byte[] LinesWith(ReadOnlySpan<byte> lines, ReadOnlySpan<byte> text)
    {
        var result = new ArrayBufferWriter<byte>(MaxBytes);
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n') is >= 0 and var at ? at + 1 : lines.Length;
            if (lines[..end].IndexOf(text) >= 0)
            {
                result.Write(lines[..end]);
            }

            lines = lines[end..];
        }

        return result.WrittenSpan.ToArray();
    }

    public byte[] ToArray()
    {
        var length = (int)Math.Min(_written, MaxBytes);
        var result = new byte[length];
        var start = (int)((_written - length) % MaxBytes);
        var first = Math.Min(length, MaxBytes - start);
        _ring.AsSpan(start, first).CopyTo(result);
        _ring.AsSpan(0, length - first).CopyTo(result.AsSpan(first));
        return result;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            _written += bytes.Length - MaxBytes;
            bytes = bytes[^MaxBytes..];
        }

        var start = (int)(_written % MaxBytes);
        var first = Math.Min(bytes.Length, MaxBytes - start);
        bytes[..first].CopyTo(_ring.AsSpan(start));
        bytes[first..].CopyTo(_ring);
        _written += bytes.Length;
    }
}
