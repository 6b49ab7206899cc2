using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Petrel.Storage;

namespace Petrel.Server.Security;

/// <summary>
/// Seals what must be neither read nor forged: secrets in the store, session tokens in clients' hands. The key is kept outside the database.
/// </summary>
internal interface ISecretBox
{
    /// <param name="purpose">What it is for; something sealed for one purpose does not open for another.</param>
    byte[] Seal(ReadOnlySpan<byte> plain, string purpose);

    /// <summary>False for anything that was not sealed here for this purpose, or was changed since.</summary>
    bool TryOpen(ReadOnlySpan<byte> sealedBytes, string purpose, [NotNullWhen(true)] out byte[]? plain);

    /// <summary>32 bytes that only who has the master key can make, others for each purpose: for whoever seals more than fits into memory.</summary>
    byte[] DeriveKey(string purpose);
}

/// <summary>AES-256-GCM under a key derived for each purpose: version, nonce, ciphertext, tag.</summary>
internal sealed class SecretBox(byte[] masterKey, IIdSource ids) : ISecretBox
{
    public const int KeyBytes = 32;

    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int Overhead = 1 + NonceBytes + TagBytes;

    private readonly ConcurrentDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);

    public byte[] Seal(ReadOnlySpan<byte> plain, string purpose)
    {
        var box = new byte[Overhead + plain.Length];
        box[0] = Version;
        ids.Fill(box.AsSpan(1, NonceBytes));
        using var aes = new AesGcm(KeyFor(purpose), TagBytes);
        aes.Encrypt(box.AsSpan(1, NonceBytes), plain, box.AsSpan(1 + NonceBytes, plain.Length), box.AsSpan(^TagBytes..), box.AsSpan(0, 1));
        return box;
    }

    public bool TryOpen(ReadOnlySpan<byte> sealedBytes, string purpose, [NotNullWhen(true)] out byte[]? plain)
    {
        plain = null;
        if (sealedBytes.Length < Overhead || sealedBytes[0] != Version)
        {
            return false;
        }

        var opened = new byte[sealedBytes.Length - Overhead];
        using var aes = new AesGcm(KeyFor(purpose), TagBytes);
        try
        {
            aes.Decrypt(
                sealedBytes.Slice(1, NonceBytes),
                sealedBytes.Slice(1 + NonceBytes, opened.Length),
                sealedBytes[^TagBytes..],
                opened,
                sealedBytes[..1]);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        plain = opened;
        return true;
    }

    public byte[] DeriveKey(string purpose) => [.. KeyFor(purpose)];

    private byte[] KeyFor(string purpose) => _keys.GetOrAdd(
        purpose,
        static (name, master) => HKDF.DeriveKey(HashAlgorithmName.SHA256, master, KeyBytes, info: Encoding.UTF8.GetBytes(name)),
        masterKey);
}
