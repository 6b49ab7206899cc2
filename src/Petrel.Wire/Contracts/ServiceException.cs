namespace Petrel.Wire;

/// <summary>
/// An expected failure of an operation: the wire layer writes it in the protocol of the request, with its code, status and members.
/// Contracts derive one sealed class an error shape from it.
/// </summary>
/// <param name="code">The error's shape name: <c>ResourceNotFoundException</c>.</param>
/// <param name="status">The HTTP status.</param>
public abstract class ServiceException(string code, string message, int status, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;

    public int Status { get; } = status;

    /// <summary>Further members of the error's body (<c>Reason</c>, <c>Type</c>), beside its message.</summary>
    public virtual IEnumerable<KeyValuePair<string, object?>> Members => [];

    /// <summary>How the error's JSON body names its message, where it is not <c>message</c>: some of Lambda's errors say <c>Message</c>.</summary>
    public virtual string? MessageName => null;

    /// <summary>Headers of the answer (<c>Retry-After</c>).</summary>
    public virtual IEnumerable<KeyValuePair<string, string>> Headers => [];
}

/// <summary>Errors that every service shares; the edge and the wire throw them.</summary>
public sealed class CommonException(string code, string message, int status) : ServiceException(code, message, status)
{
    /// <summary>What is not built answers 501 with the operation's name; never a silent success.</summary>
    public static CommonException NotImplemented(string service, string operation) =>
        new("NotImplemented", $"Petrel does not implement {service}:{operation}.", 501);

    public static CommonException Validation(string message) => new("ValidationException", message, 400);

    public static CommonException AccessDenied(string message) => new("AccessDeniedException", message, 403);

    public static CommonException Unavailable(string message) => new("ServiceUnavailableException", message, 503);
}
