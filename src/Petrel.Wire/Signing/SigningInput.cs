using Microsoft.AspNetCore.Http;

namespace Petrel.Wire.Signing;

/// <summary>How the path of a request stands in what is signed.</summary>
public enum PathRule
{
    /// <summary>Dot segments and repeated slashes resolved, and what is left encoded once more: all services but the object store.</summary>
    Normalised,

    /// <summary>As it is, encoded once: keys of objects may contain anything.</summary>
    AsIs,
}

/// <summary>The parts of a request that a signature covers.</summary>
public readonly ref struct SigningInput
{
    public required string Method { get; init; }

    /// <summary>As it came, before any decoding.</summary>
    public required ReadOnlySpan<char> RawPath { get; init; }

    /// <summary>Without the question mark.</summary>
    public ReadOnlySpan<char> RawQuery { get; init; }

    public required IHeaderDictionary Headers { get; init; }

    /// <summary>The hash of the body in hexadecimal, or one of the words that stand for it (<c>UNSIGNED-PAYLOAD</c>).</summary>
    public required string PayloadHash { get; init; }

    public PathRule Path { get; init; }

    /// <summary>The session token was added to the query after signing.</summary>
    public bool OmitsToken { get; init; }
}
