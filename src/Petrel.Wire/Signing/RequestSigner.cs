using System.Globalization;

namespace Petrel.Wire.Signing;

/// <summary>Makes signatures of version 4, for Petrel's own clients.</summary>
public static class RequestSigner
{
    /// <summary>The form of <c>X-Amz-Date</c>.</summary>
    public const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>The value of the authorisation header.</summary>
    /// <param name="input">Its headers hold at least those that are signed.</param>
    /// <param name="signedHeaders">Lower-case names in ordinal order.</param>
    public static string Authorize(
        in SigningInput input, string accessKeyId, string secret, string region, string service, DateTimeOffset time, string[] signedHeaders)
    {
        var stamp = time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        var scope = new CredentialScope(accessKeyId, stamp[..8], region, service);
        var draft = new RequestSignature { Scope = scope, SignedHeaders = signedHeaders, Signature = default, TimeText = stamp, Time = time };
        Span<byte> mac = stackalloc byte[32];
        SignatureVerifier.Sign(input, draft, secret, mac);
        return $"AWS4-HMAC-SHA256 Credential={accessKeyId}/{scope.Text}, SignedHeaders={string.Join(';', signedHeaders)}, Signature={Convert.ToHexStringLower(mac)}";
    }
}
