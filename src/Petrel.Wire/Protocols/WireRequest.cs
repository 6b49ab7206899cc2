using Microsoft.AspNetCore.Http;
using Petrel.Wire.Rest;

namespace Petrel.Wire.Protocols;

/// <summary>A request as the codecs see it: parts of the HTTP request, not copied.</summary>
public readonly ref struct WireRequest
{
    /// <summary>The raw path that <see cref="Match"/> has ranges of.</summary>
    public ReadOnlySpan<char> RawPath { get; init; }

    /// <summary>Without the question mark.</summary>
    public ReadOnlySpan<char> RawQuery { get; init; }

    public RestMatch Match { get; init; }

    public required IHeaderDictionary Headers { get; init; }

    /// <summary>The body when it has been read; records made from it do not refer to it.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The body when the operation takes it as a stream.</summary>
    public Stream? BodyStream { get; init; }

    /// <summary>The body belongs to this request alone, so that a payload member may keep it without a copy.</summary>
    public bool OwnsBody { get; init; }
}
