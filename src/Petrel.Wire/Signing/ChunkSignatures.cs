using System.Security.Cryptography;
using System.Text;
using Petrel.Wire.Protocols;

namespace Petrel.Wire.Signing;

/// <summary>The chain of signatures of a chunked body: each covers its chunk and the signature before it, the first one that of the request.</summary>
public sealed class ChunkSignatures(RequestSignature seed, string secret)
{
    private const int HexLength = 64;

    private readonly byte[] _key = SigningKeys.Get(secret, seed.Scope).ToArray();
    private readonly byte[] _previous = Encoding.ASCII.GetBytes(seed.Signature.ToString());

    /// <param name="hash">SHA-256 of the chunk's data.</param>
    /// <param name="signature">64 hexadecimal digits.</param>
    public bool VerifyChunk(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) =>
        Verify("AWS4-HMAC-SHA256-PAYLOAD\n", SignatureVerifier.EmptyPayload + "\n", hash, signature);

    /// <param name="hash">SHA-256 of the trailers, each as <c>name:value</c> and a line feed.</param>
    public bool VerifyTrailers(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) =>
        Verify("AWS4-HMAC-SHA256-TRAILER\n", "", hash, signature);

    private bool Verify(string algorithm, string before, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        using var text = new PooledBuffer();
        CanonicalRequest.WriteText(text, algorithm);
        CanonicalRequest.WriteText(text, $"{seed.TimeText}\n{seed.Scope.Text}\n");
        _previous.CopyTo(text.GetSpan(HexLength));
        text.Advance(HexLength);
        CanonicalRequest.WriteByte(text, (byte)'\n');
        CanonicalRequest.WriteText(text, before);
        SignatureVerifier.WriteHex(text, hash);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, text.Written.Span, mac);
        Convert.TryToHexStringLower(mac, _previous, out _);
        return CryptographicOperations.FixedTimeEquals(_previous, signature);
    }
}
