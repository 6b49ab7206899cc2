using Microsoft.AspNetCore.Http;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Edge;

/// <summary>Errors that the edge makes itself.</summary>
internal static class EdgeErrors
{
    private const string Full = "The store takes no writes: its disk is full.";

    public static CommonException Internal() =>
        new("InternalFailure", "The request processing has failed because of an unknown error, exception or failure.", 500);

    public static CommonException NotBuilt(in EdgeRoute route) => route switch
    {
        { Service: null, UnknownService: null } => new CommonException(
            "NotFoundException", "Nothing answers at this path. Requests to AWS services are signed; see /_petrel/health for what runs here.", 404),
        _ => CommonException.NotImplemented(route.ServiceName, route.UnknownOperation ?? "-"),
    };

    /// <summary>The disk is full, or more waits for the store than it takes on; the caller may try again.</summary>
    public static CommonException StoreRefused(StoreException refusal, Protocol protocol) => (refusal, protocol) switch
    {
        // Clients of the object store send whole objects again and again while the answer is 503.
        (StoreFullException, Protocol.RestXml) => new CommonException("InsufficientStorage", Full, StatusCodes.Status507InsufficientStorage),
        (StoreFullException, _) => CommonException.Unavailable(Full),
        _ => CommonException.Unavailable("The store has too much to do; try again."),
    };

    /// <summary>Kestrel found the body malformed, too slow or too large.</summary>
    public static CommonException BadRequest(BadHttpRequestException bad) => bad.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => new CommonException("RequestTimeoutException", "The request's body came too slowly.", 408),
        StatusCodes.Status413PayloadTooLarge => new CommonException("RequestEntityTooLargeException", bad.Message, 413),
        var status => new CommonException("MalformedHttpRequestException", bad.Message, status),
    };
}
