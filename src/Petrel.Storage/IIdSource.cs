using System.Security.Cryptography;

namespace Petrel.Storage;

/// <summary>The one source of identifiers and randomness, so that a simulation can replay them.</summary>
public interface IIdSource
{
    /// <summary>A random 64-bit id for a new resource: its data keys begin with it, never with its name.</summary>
    ulong NextId();

    Guid NextGuid();

    /// <summary>Fills <paramref name="destination"/> with random bytes that an outsider cannot guess.</summary>
    void Fill(Span<byte> destination);
}

/// <summary>
/// Identifiers from the system's cryptographic generator. It is asked for a block at a time: a request needs several ids, and each call into
/// the generator costs microseconds and system calls. Bytes are given once, and wiped when they are.
/// </summary>
public sealed class SystemIdSource : IIdSource
{
    private const int BlockBytes = 1024;

    [ThreadStatic]
    private static Block? _block;

    public ulong NextId()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes);
    }

    public void Fill(Span<byte> destination)
    {
        if (destination.Length > BlockBytes)
        {
            RandomNumberGenerator.Fill(destination);
            return;
        }

        (_block ??= new Block()).Take(destination);
    }

    private sealed class Block
    {
        private readonly byte[] _bytes = new byte[BlockBytes];
        private int _left;

        public void Take(Span<byte> destination)
        {
            if (_left < destination.Length)
            {
                RandomNumberGenerator.Fill(_bytes);
                _left = BlockBytes;
            }

            _left -= destination.Length;
            var taken = _bytes.AsSpan(_left, destination.Length);
            taken.CopyTo(destination);
            taken.Clear();
        }
    }
}
