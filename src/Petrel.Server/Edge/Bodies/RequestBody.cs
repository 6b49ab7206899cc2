using System.Buffers;
using System.IO.Pipelines;
using Petrel.Wire;

namespace Petrel.Server.Edge;

/// <summary>A request's body held whole, within a limit.</summary>
internal readonly struct RequestBody : IDisposable
{
    /// <summary>Up to here a body is given an array of its own, which a payload member may keep.</summary>
    private const int MaxOwned = 262_144;

    private readonly byte[]? _rented;
    private readonly BodyMemory? _memory;

    private RequestBody(ReadOnlyMemory<byte> bytes, byte[]? rented, BodyMemory? memory)
    {
        Bytes = bytes;
        _rented = rented;
        _memory = memory;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The bytes are in no pool.</summary>
    public bool IsOwned => _rented is null;

    /// <param name="contentLength">As the header says; null for a chunked body.</param>
    /// <param name="limit">Larger bodies are refused with 413, at once when the header says so.</param>
    /// <param name="operation">Named in that refusal.</param>
    public static async ValueTask<RequestBody> ReadAsync(
        PipeReader body, long? contentLength, int limit, string operation, BodyMemory memory, CancellationToken cancellationToken)
    {
        if (contentLength == 0)
        {
            return default;
        }

        if (contentLength > limit)
        {
            throw TooLarge(limit, operation);
        }

        return contentLength is { } length and <= MaxOwned
            ? new RequestBody(await ReadOwnedAsync(body, (int)length, cancellationToken), null, null)
            : await ReadPooledAsync(body, limit, operation, memory, cancellationToken);
    }

    public void Dispose()
    {
        if (_rented is not null)
        {
            _memory!.Return(_rented.Length);
            ArrayPool<byte>.Shared.Return(_rented);
        }
    }

    private static async ValueTask<byte[]> ReadOwnedAsync(PipeReader body, int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        var filled = 0;
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken);
            filled += Copy(result.Buffer, bytes.AsSpan(filled));
            body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return filled == length ? bytes : bytes[..filled];
            }
        }
    }

    private static async ValueTask<RequestBody> ReadPooledAsync(
        PipeReader body, int limit, string operation, BodyMemory memory, CancellationToken cancellationToken)
    {
        byte[] bytes = [];
        var filled = 0;
        try
        {
            while (true)
            {
                var result = await body.ReadAsync(cancellationToken);
                var wanted = filled + result.Buffer.Length;
                if (wanted > limit)
                {
                    body.AdvanceTo(result.Buffer.End);
                    throw TooLarge(limit, operation);
                }

                try
                {
                    bytes = Grow(bytes, filled, (int)wanted, memory);
                    filled += Copy(result.Buffer, bytes.AsSpan(filled));
                }
                finally
                {
                    // Whatever happens, the server must be able to pass over the rest.
                    body.AdvanceTo(result.Buffer.End);
                }

                if (result.IsCompleted)
                {
                    return new RequestBody(bytes.AsMemory(0, filled), bytes.Length == 0 ? null : bytes, memory);
                }
            }
        }
        catch
        {
            new RequestBody(default, bytes.Length == 0 ? null : bytes, memory).Dispose();
            throw;
        }
    }

    private static int Copy(in ReadOnlySequence<byte> from, Span<byte> to)
    {
        var count = (int)Math.Min(from.Length, to.Length);
        from.Slice(0, count).CopyTo(to);
        return count;
    }

    private static byte[] Grow(byte[] bytes, int filled, int wanted, BodyMemory memory)
    {
        if (wanted <= bytes.Length)
        {
            return bytes;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, bytes.Length * 2));
        memory.Take(larger.Length);
        bytes.AsSpan(0, filled).CopyTo(larger);
        new RequestBody(default, bytes.Length == 0 ? null : bytes, memory).Dispose();
        return larger;
    }

    private static CommonException TooLarge(int limit, string operation) =>
        new("RequestEntityTooLargeException", $"Request must be smaller than {limit} bytes for the {operation} operation", 413);
}
