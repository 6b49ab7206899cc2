namespace Petrel.Server.Edge;

/// <summary>How a signature covers the body.</summary>
internal enum SignedPayload
{
    /// <summary>No header says the hash: it is that of the body, so the body is read before the signature can be verified.</summary>
    Computed,

    /// <summary>The hash stands in <c>x-amz-content-sha256</c>: the signature is verified first, the body while it is read.</summary>
    Declared,

    /// <summary>The client chose not to sign the body.</summary>
    Unsigned,

    /// <summary>The body comes in chunks, each with a signature of its own.</summary>
    SignedChunks,

    /// <summary>The body comes in chunks without signatures, and trailers.</summary>
    UnsignedChunks,
}
