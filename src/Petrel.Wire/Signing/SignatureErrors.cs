using System.Globalization;

namespace Petrel.Wire.Signing;

/// <summary>
/// What the services say of a request that is not authenticated. The JSON services answer 400, the REST-JSON ones and STS 403, and the
/// object store has words of its own.
/// </summary>
public static class SignatureErrors
{
    private const string InvalidToken = "The security token included in the request is invalid.";
    private const string ExpiredToken = "The security token included in the request is expired";
    private const string Mismatch =
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing "
        + "method. Consult the service documentation for details.";

    private const string Incomplete =
        "The authorization does not conform to AWS Signature Version 4: algorithm, Credential, SignedHeaders, Signature and the request's "
        + "time are required.";

    /// <param name="detail">Words that say more than the problem's own.</param>
    public static CommonException For(SignatureProblem problem, Protocol protocol, string? detail = null) => protocol switch
    {
        Protocol.RestXml => Objects(problem, detail),
        Protocol.Query => Query(problem, detail),
        _ => Json(problem, protocol == Protocol.RestJson ? 403 : 400, detail),
    };

    /// <summary>Says by how much a signature's time is off.</summary>
    public static string Skew(in RequestSignature signature, DateTimeOffset now, int skewSeconds)
    {
        var minutes = skewSeconds / 60;
        var early = now.AddSeconds(-skewSeconds);
        return signature.Time < early
            ? $"Signature expired: {signature.TimeText} is now earlier than {Basic(early)} ({Basic(now)} - {minutes} min.)"
            : $"Signature not yet current: {signature.TimeText} is still later than {Basic(now.AddSeconds(skewSeconds))} ({Basic(now)} + {minutes} min.)";
    }

    private static CommonException Json(SignatureProblem problem, int status, string? detail) => problem switch
    {
        SignatureProblem.MissingToken => new CommonException(
            "MissingAuthenticationTokenException", detail ?? (status == 403 ? "Missing Authentication Token" : "Request is missing Authentication Token"), status),
        SignatureProblem.Incomplete => new CommonException("IncompleteSignatureException", detail ?? Incomplete, status),
        SignatureProblem.UnknownKey => new CommonException("UnrecognizedClientException", detail ?? InvalidToken, status),
        SignatureProblem.ExpiredToken => new CommonException("ExpiredTokenException", detail ?? ExpiredToken, status),
        _ => new CommonException("InvalidSignatureException", detail ?? Mismatch, status),
    };

    private static CommonException Query(SignatureProblem problem, string? detail) => problem switch
    {
        SignatureProblem.MissingToken => new CommonException("MissingAuthenticationToken", detail ?? "Request is missing Authentication Token", 403),
        SignatureProblem.Incomplete => new CommonException("IncompleteSignature", detail ?? Incomplete, 400),
        SignatureProblem.UnknownKey => new CommonException("InvalidClientTokenId", detail ?? InvalidToken, 403),
        SignatureProblem.ExpiredToken => new CommonException("ExpiredToken", detail ?? ExpiredToken, 403),
        SignatureProblem.Expired => new CommonException("RequestExpired", detail ?? "Request has expired", 400),
        _ => new CommonException("SignatureDoesNotMatch", detail ?? Mismatch, 403),
    };

    private static CommonException Objects(SignatureProblem problem, string? detail) => problem switch
    {
        SignatureProblem.MissingToken => new CommonException("AccessDenied", detail ?? "Access Denied", 403),
        SignatureProblem.Incomplete => new CommonException("AuthorizationHeaderMalformed", detail ?? Incomplete, 400),
        SignatureProblem.UnknownKey => new CommonException(
            "InvalidAccessKeyId", detail ?? "The AWS Access Key Id you provided does not exist in our records.", 403),
        SignatureProblem.ExpiredToken => new CommonException("ExpiredToken", detail ?? "The provided token has expired.", 400),
        SignatureProblem.Expired => new CommonException("AccessDenied", detail ?? "Request has expired", 403),
        SignatureProblem.Skewed => new CommonException(
            "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", 403),
        SignatureProblem.BodyMismatch => new CommonException(
            "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.", 400),
        _ => new CommonException(
            "SignatureDoesNotMatch",
            detail ?? "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
            403),
    };

    private static string Basic(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
