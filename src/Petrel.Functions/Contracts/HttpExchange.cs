using Microsoft.AspNetCore.Http;

namespace Petrel.Functions;

/// <summary>
/// A request of a function URL as it came, for a runtime that serves HTTP (<see cref="RuntimeInfo.ServesHttp"/>). Its body is read while it is
/// sent on, and the answer is written while it arrives; nothing has been written when the invocation fails before its answer.
/// </summary>
public sealed record HttpExchange(HttpContext Context)
{
    /// <summary>Path and query as the client wrote them, without what addresses the URL itself.</summary>
    public required string Target { get; init; }

    /// <summary>What stands before the target's path in what the client asked: <c>/_url/{id}</c>; null when the host addresses the URL.</summary>
    public string? Prefix { get; init; }

    public required long MaxBodyBytes { get; init; }

    /// <summary>Changes the answer's headers before they are sent.</summary>
    public Action<HttpContext>? Answering { get; init; }

    /// <summary>Whether a part of the answer's body has been written: then no other answer can be given.</summary>
    public bool Begun { get; set; }

    /// <summary>Bytes of the request's body that were passed on.</summary>
    public long BytesIn { get; set; }

    /// <summary>Bytes of the answer's body that were passed on.</summary>
    public long BytesOut { get; set; }

    /// <summary>Set when the request itself was at fault and nothing has been answered: 413 for a body that is too long, 400 for a broken one.</summary>
    public int? Refusal { get; set; }
}
