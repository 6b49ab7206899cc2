using Petrel.Wire;
using Petrel.Wire.Signing;

namespace Petrel.Server.Edge;

/// <summary>Step 3 for signatures of version 2. They name no region: the object store takes them for any.</summary>
internal static class LegacySignature
{
    /// <summary>The region of requests that name none.</summary>
    public const string AnyRegion = "aws-global";

    /// <summary>A bucket's own path is signed with a slash at its end, whether the request has it or not.</summary>
    public static void Verify(EdgeExchange exchange, SignatureV2 signature, string secret, DateTimeOffset now)
    {
        if (signature.Expires is { } expires && now.ToUnixTimeSeconds() > expires)
        {
            throw SignatureErrors.For(SignatureProblem.Expired, Protocol.RestXml);
        }

        var request = exchange.Http.Request;
        var path = exchange.RoutedPath;
        var isVerified = signature.Verify(request.Method, path, exchange.RawQuery, request.Headers, secret)
            || (path.LastIndexOf('/') == 0 && signature.Verify(request.Method, $"{path}/", exchange.RawQuery, request.Headers, secret));
        if (!isVerified)
        {
            throw SignatureErrors.For(SignatureProblem.Mismatch, Protocol.RestXml);
        }
    }

    /// <summary>The request as if its signature were one of version 4 over everything but the body.</summary>
    public static SignedRequest Accept(SignatureV2 signature, SigningCredential credential, DateTimeOffset now)
    {
        var date = now.UtcDateTime.ToString("yyyyMMdd");
        var scope = new CredentialScope(signature.AccessKeyId, date, AnyRegion, "s3");
        var accepted = new RequestSignature { Scope = scope, SignedHeaders = [], Signature = default, TimeText = "", Time = now, SessionToken = signature.SessionToken };
        return new SignedRequest(accepted, credential, SignedPayload.Unsigned, SignatureVerifier.UnsignedPayload) { IsVerified = true };
    }
}
