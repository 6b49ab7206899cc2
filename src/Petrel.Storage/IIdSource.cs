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

/// <summary>Identifiers from the system's cryptographic generator.</summary>
public sealed class SystemIdSource : IIdSource
{
    public ulong NextId()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes);
    }

    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
