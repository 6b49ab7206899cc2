using Petrel.Wire;
using Petrel.Wire.Operations;
using Petrel.Wire.Rest;

namespace Petrel.Server.Edge;

/// <summary>
/// Where a request goes: to a handler of plain HTTP, to an operation of a service, or to nothing that is built, which is then named.
/// </summary>
internal struct EdgeRoute
{
    public IEdgeRoute? Handler { readonly get; init; }

    public ServiceTable? Service { readonly get; init; }

    /// <summary>The protocol in which the answer, even an error, is written.</summary>
    public Protocol Protocol { readonly get; init; }

    /// <summary>Null in the query protocol until the form is read, and for what is not built.</summary>
    public Operation? Operation { readonly get; set; }

    public RestMatch Match { readonly get; init; }

    /// <summary>A service that is not built, as the client named it.</summary>
    public string? UnknownService { readonly get; init; }

    /// <summary>An operation that is not built, as the client named it.</summary>
    public string? UnknownOperation { readonly get; set; }

    public readonly string ServiceName => Service?.SigningName ?? UnknownService ?? "edge";

    public readonly string OperationName => Operation?.Name ?? UnknownOperation ?? "-";
}
