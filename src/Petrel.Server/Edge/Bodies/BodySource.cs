using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Petrel.Wire;
using Petrel.Wire.Signing;

namespace Petrel.Server.Edge;

/// <summary>Opens a request's body as its signature says that it comes: plain, with a hash to verify, or in chunks.</summary>
internal static class BodySource
{
    /// <summary>For bodies held whole.</summary>
    public static (PipeReader Body, long? Length) Whole(HttpContext http, SignedRequest? signed)
    {
        var request = http.Request;
        return signed?.Payload is SignedPayload.SignedChunks or SignedPayload.UnsignedChunks
            ? (PipeReader.Create(Chunked(request, signed)), DecodedLength(request))
            : (request.BodyReader, request.ContentLength);
    }

    /// <summary>For bodies that stay streams.</summary>
    public static Stream Open(HttpContext http, SignedRequest? signed, long limit, Protocol protocol)
    {
        var request = http.Request;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit;
        }

        return signed?.Payload switch
        {
            SignedPayload.Declared => new HashedStream(request.Body, signed.PayloadHash, protocol),
            SignedPayload.SignedChunks or SignedPayload.UnsignedChunks => Chunked(request, signed),
            _ => request.Body,
        };
    }

    private static AwsChunkedStream Chunked(HttpRequest request, SignedRequest signed) => new(
        request.BodyReader,
        signed.Payload == SignedPayload.SignedChunks ? new ChunkSignatures(signed.Signature, signed.Credential.Secret) : null,
        DecodedLength(request),
        request.Headers.TryGetValue("x-amz-trailer", out var trailer) ? trailer.ToString() : null);

    private static long? DecodedLength(HttpRequest request) =>
        long.TryParse(request.Headers["x-amz-decoded-content-length"], CultureInfo.InvariantCulture, out var length) ? length : null;
}
