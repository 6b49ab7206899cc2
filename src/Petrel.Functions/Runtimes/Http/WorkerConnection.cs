using System.Buffers;
using System.Net.Sockets;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>
/// One HTTP/1.1 connection to a program inside a sandbox, one exchange at a time. It gives away pieces of its own buffer, which it holds only
/// during an exchange: an idle instance keeps none.
/// </summary>
internal sealed class WorkerConnection(Socket socket) : IDisposable
{
    /// <summary>The longest head of an answer; Node's and nginx's own limits are 16 and 32 KB.</summary>
    private const int MaxHeadBytes = 64 << 10;

    private const int UsualBytes = 16 << 10;

    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private BodyReader _body;

    /// <summary>The head of the current answer.</summary>
    public AnswerHead Head { get; } = new();

    /// <summary>Whether it has served an exchange before: then its other end may have closed it meanwhile.</summary>
    public bool Reused { get; set; }

    /// <summary>When it was put aside, as the pool's clock says.</summary>
    public long IdleSince { get; set; }

    /// <summary>Whether anything of an answer has arrived.</summary>
    public bool Answering { get; private set; }

    public bool BodyEnded => _body.Ended;

    /// <summary>Whether another exchange can follow: the answer was read to its end, nothing came after it, and the program keeps it open.</summary>
    public bool Reusable => Head.KeepAlive && _body.Ended && !_body.UntilClose && _start == _end;

    /// <summary>Whether its other end has closed it, or said something out of turn, while it was idle.</summary>
    public bool Stale
    {
        get
        {
            try
            {
                return socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    /// <summary>Reads the head of the final answer; interim ones (100, 103) are left out.</summary>
    /// <param name="isHead">The answer to HEAD has no body, whatever its head says.</param>
    /// <exception cref="IOException">The connection ended, or what came is no HTTP.</exception>
    public async ValueTask ReadHeadAsync(bool isHead)
    {
        Answering = false;
        do
        {
            int length;
            while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0)
            {
                if (_end - _start >= MaxHeadBytes)
                {
                    throw new WorkerProtocolException($"the head of the answer is longer than {MaxHeadBytes} bytes");
                }

                await FillAsync();
                Answering = true;
            }

            Head.Read(_buffer.AsSpan(_start, length + 2));
            _start += length + 4;
        }
        while (Head.Status is >= 100 and < 200 and not 101);

        _body = BodyReader.For(Head, isHead);
    }

    /// <summary>A piece of the body that has arrived already; valid until <see cref="FillAsync"/>.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> piece)
    {
        var taken = _body.TryTake(_buffer.AsSpan(_start, _end - _start), out var skipped, out var length);
        piece = _buffer.AsMemory(_start + skipped, length);
        _start += skipped + length;
        return taken;
    }

    /// <summary>Waits for more bytes of the answer.</summary>
    /// <exception cref="IOException">There are none, and there should be.</exception>
    public ValueTask FillAsync()
    {
        MakeRoom();
        var receiving = socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, CancellationToken.None);
        if (!receiving.IsCompletedSuccessfully)
        {
            return new ValueTask(FillAsync(receiving));
        }

        Filled(receiving.Result);
        return ValueTask.CompletedTask;
    }

    private async Task FillAsync(ValueTask<int> receiving) => Filled(await receiving);

    private void Filled(int count)
    {
        _end += count;
        if (count == 0 && !_body.EndByClose())
        {
            throw new WorkerClosedException();
        }
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_buffer.Length == 0)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(UsualBytes);
        }
        else if (_end == _buffer.Length && _start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        else if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(2 * _buffer.Length);
            _buffer.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }

    /// <summary>Gives its buffer back between exchanges.</summary>
    public void Release()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _start, _end) = ([], 0, 0);
        }

        _body = default;
    }

    /// <summary>Ends whatever waits for it; from any thread.</summary>
    public void Abort() => socket.Dispose();

    public void Dispose()
    {
        socket.Dispose();
        Release();
    }
}

/// <summary>What a program sent is not HTTP/1.</summary>
internal sealed class WorkerProtocolException(string message) : IOException(message);

/// <summary>The program closed the connection before its answer was whole.</summary>
internal sealed class WorkerClosedException() : IOException("the connection was closed before the answer was whole");
