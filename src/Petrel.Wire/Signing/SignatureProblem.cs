namespace Petrel.Wire.Signing;

/// <summary>Why a request is not authenticated. <see cref="SignatureErrors"/> says it in each protocol's own code, status and words.</summary>
public enum SignatureProblem
{
    None,

    /// <summary>No signature at all.</summary>
    MissingToken,

    /// <summary>The authorisation header or the presigned query lacks a part or has one that cannot be read.</summary>
    Incomplete,

    /// <summary>Nobody has the access key.</summary>
    UnknownKey,

    /// <summary>The signature is not that of the request.</summary>
    Mismatch,

    /// <summary>The signature's time is too far from the clock.</summary>
    Skewed,

    /// <summary>A presigned request after its time.</summary>
    Expired,

    /// <summary>Temporary credentials after their time.</summary>
    ExpiredToken,

    /// <summary>The body is not the one whose hash was signed.</summary>
    BodyMismatch,
}
