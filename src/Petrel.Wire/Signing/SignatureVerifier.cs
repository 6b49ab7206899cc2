using System.Security.Cryptography;
using Petrel.Wire.Protocols;

namespace Petrel.Wire.Signing;

/// <summary>Checks a signature of version 4 against the secret that should have made it.</summary>
public static class SignatureVerifier
{
    public const string UnsignedPayload = "UNSIGNED-PAYLOAD";

    /// <summary>The hash of an empty body.</summary>
    public const string EmptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [ThreadStatic]
    private static PooledBuffer? _buffer;

    /// <summary>Compares in constant time.</summary>
    public static bool Verify(in SigningInput input, in RequestSignature signature, string secret)
    {
        Span<byte> expected = stackalloc byte[32];
        Sign(input, signature, secret, expected);
        Span<byte> given = stackalloc byte[32];
        Convert.FromHexString(signature.Signature.Span, given, out _, out _);
        return CryptographicOperations.FixedTimeEquals(expected, given);
    }

    /// <summary>Why a signature's time is not acceptable now.</summary>
    public static SignatureProblem CheckTime(in RequestSignature signature, DateTimeOffset now, int skewSeconds)
    {
        if (!signature.TimeText.StartsWith(signature.Scope.Date, StringComparison.Ordinal))
        {
            return SignatureProblem.Incomplete;
        }

        var ageSeconds = (now - signature.Time).TotalSeconds;
        if (signature.ExpiresSeconds is { } expires)
        {
            return ageSeconds > expires ? SignatureProblem.Expired : ageSeconds < -skewSeconds ? SignatureProblem.Skewed : SignatureProblem.None;
        }

        return Math.Abs(ageSeconds) > skewSeconds ? SignatureProblem.Skewed : SignatureProblem.None;
    }

    internal static void Sign(in SigningInput input, in RequestSignature signature, string secret, Span<byte> mac)
    {
        var buffer = _buffer ??= new PooledBuffer();
        buffer.Clear();
        CanonicalRequest.Write(buffer, input, signature.SignedHeaders);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(buffer.Written.Span, hash);
        buffer.Clear();
        WriteStringToSign(buffer, signature.TimeText, signature.Scope, hash);
        HMACSHA256.HashData(SigningKeys.Get(secret, signature.Scope), buffer.Written.Span, mac);
    }

    internal static void WriteStringToSign(PooledBuffer output, string time, CredentialScope scope, ReadOnlySpan<byte> hash)
    {
        CanonicalRequest.WriteText(output, "AWS4-HMAC-SHA256\n");
        CanonicalRequest.WriteText(output, time);
        CanonicalRequest.WriteByte(output, (byte)'\n');
        CanonicalRequest.WriteText(output, scope.Text);
        CanonicalRequest.WriteByte(output, (byte)'\n');
        WriteHex(output, hash);
    }

    internal static void WriteHex(PooledBuffer output, ReadOnlySpan<byte> bytes)
    {
        var span = output.GetSpan(bytes.Length * 2);
        Convert.TryToHexStringLower(bytes, span, out var written);
        output.Advance(written);
    }
}
