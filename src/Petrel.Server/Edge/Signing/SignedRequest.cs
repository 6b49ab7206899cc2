using Petrel.Wire;
using Petrel.Wire.Signing;

namespace Petrel.Server.Edge;

/// <summary>A request whose key is known; its signature is verified now or when its body has been read.</summary>
internal sealed record SignedRequest(RequestSignature Signature, SigningCredential Credential, SignedPayload Payload, string PayloadHash)
{
    public Principal Principal => Credential.Principal;

    /// <summary>The signature has been found to be right.</summary>
    public bool IsVerified { get; set; }
}
