using Petrel.Wire.Operations;

namespace Petrel.Wire.Protocols;

/// <summary>One of AWS's protocols: reads an operation's request, writes its result or its error.</summary>
public abstract class ProtocolCodec
{
    private static readonly ProtocolCodec[] All =
    [
        new JsonRpcCodec("application/x-amz-json-1.0"),
        new JsonRpcCodec("application/x-amz-json-1.1"),
        new RestJsonCodec(),
        new RestXmlCodec(),
        new QueryCodec(),
    ];

    public static ProtocolCodec For(Protocol protocol) => All[(int)protocol];

    /// <exception cref="CommonException">The input cannot be read (<c>SerializationException</c>) or breaks a limit (<c>ValidationException</c>).</exception>
    public abstract object ReadRequest(Operation operation, in WireRequest request);

    /// <param name="result">Null where the operation's answer has no members.</param>
    public abstract void WriteResult(Operation operation, object? result, WireResponse response);

    /// <param name="service">Null for a service that nobody knows.</param>
    public abstract void WriteError(ServiceTable? service, ServiceException error, WireResponse response);

    private protected static void StartError(ServiceException error, WireResponse response)
    {
        response.Reset();
        response.Status = error.Status;
        foreach (var (name, value) in error.Headers)
        {
            response.Headers[name] = value;
        }
    }

    /// <summary>Clients rely on errors being JSON or XML whatever the answer would have been.</summary>
    private protected static void RequestIdHeader(WireResponse response) => response.Headers["x-amzn-RequestId"] = response.RequestId;
}
