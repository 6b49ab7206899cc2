using System.Security.Cryptography;
using System.Text;

namespace Petrel.Wire.Signing;

/// <summary>Signatures of the policies that browsers' forms carry: over the policy's base 64 as it was sent.</summary>
public static class PolicySignature
{
    /// <summary>Version 4: the key of the scope, hexadecimal.</summary>
    public static bool Verify(string policy, CredentialScope scope, string secret, string signature)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return signature.Length == 2 * given.Length
            && Convert.FromHexString(signature, given, out _, out _) == System.Buffers.OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(SigningKeys.Get(secret, scope), Encoding.UTF8.GetBytes(policy)), given);
    }

    /// <summary>Version 2: the secret itself, base 64.</summary>
    public static bool VerifyV2(string policy, string secret, string signature)
    {
        Span<byte> given = stackalloc byte[HMACSHA1.HashSizeInBytes + 3];
        return Convert.TryFromBase64String(signature, given, out var length)
            && CryptographicOperations.FixedTimeEquals(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(policy)), given[..length]);
    }
}
