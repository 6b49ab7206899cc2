using Petrel.Wire;

namespace Petrel.Aws.Lambda;

/// <summary>Lambda's errors carry <c>Type</c>: <c>User</c> for the caller's fault, <c>Service</c> for the platform's.</summary>
public abstract class LambdaException(string code, string message, int status, string? type = "User") : ServiceException(code, message, status)
{
    public override IEnumerable<KeyValuePair<string, object?>> Members => type is null ? [] : [new("Type", type)];
}

/// <summary>Those of Lambda's errors whose shapes name the message with a capital letter.</summary>
public abstract class LambdaCapitalException(string code, string message, int status, string type = "User") : LambdaException(code, message, status, type)
{
    public override string? MessageName => "Message";
}

/// <summary>A member's value is not acceptable.</summary>
public sealed class InvalidParameterValueException(string message) : LambdaException("InvalidParameterValueException", message, 400);

/// <summary>The function, version, alias, layer or policy does not exist.</summary>
public sealed class ResourceNotFoundException(string message) : LambdaCapitalException("ResourceNotFoundException", message, 404);

/// <summary>The resource exists already, or an update of it is in progress.</summary>
public sealed class ResourceConflictException(string message) : LambdaException("ResourceConflictException", message, 409);

/// <summary>The resource is being changed or deleted.</summary>
public sealed class ResourceInUseException(string message) : LambdaCapitalException("ResourceInUseException", message, 400);

/// <summary>The revision id is not the latest one.</summary>
public sealed class PreconditionFailedException(string message) : LambdaException("PreconditionFailedException", message, 412);

/// <summary>The resource policy would be longer than 20 KB.</summary>
public sealed class PolicyLengthExceededException(string message) : LambdaException("PolicyLengthExceededException", message, 400);

/// <summary>All packages of the account and region together would exceed their limit.</summary>
public sealed class CodeStorageExceededException(string message) : LambdaException("CodeStorageExceededException", message, 400);

public sealed class ProvisionedConcurrencyConfigNotFoundException()
    : LambdaException("ProvisionedConcurrencyConfigNotFoundException", "No Provisioned Concurrency Config found for this function", 404);

/// <summary>A request or a package is larger than the service takes.</summary>
public sealed class RequestEntityTooLargeException(string message) : LambdaException("RequestEntityTooLargeException", message, 413, null);

/// <summary>The payload is not valid JSON.</summary>
public sealed class InvalidRequestContentException(string message) : LambdaException("InvalidRequestContentException", message, 400);

/// <summary>The payload of an invocation is larger than 6 MB, or 1 MB for an asynchronous one.</summary>
public sealed class RequestTooLargeException(string message) : LambdaException("RequestTooLargeException", message, 413);

public sealed class UnsupportedMediaTypeException(string message) : LambdaException("UnsupportedMediaTypeException", message, 415);

/// <summary>The function is in no state in which it can be invoked.</summary>
public sealed class ResourceNotReadyException(string message) : LambdaException("ResourceNotReadyException", message, 502);

/// <summary>The function's runtime does not run here.</summary>
public sealed class InvalidRuntimeException(string message) : LambdaCapitalException("InvalidRuntimeException", message, 502);

/// <summary>The function's package cannot be unpacked.</summary>
public sealed class InvalidZipFileException(string message) : LambdaCapitalException("InvalidZipFileException", message, 502);

/// <summary>No instance could be made.</summary>
public sealed class EC2UnexpectedException(string message) : LambdaCapitalException("EC2UnexpectedException", message, 502);

/// <summary>The platform itself failed.</summary>
public sealed class LambdaServiceException(string message) : LambdaCapitalException("ServiceException", message, 500, "Service");

/// <summary>A concurrency limit is reached.</summary>
/// <param name="reason"><c>ReservedFunctionConcurrentInvocationLimitExceeded</c>, <c>ConcurrentInvocationLimitExceeded</c>…</param>
/// <param name="retryAfterSeconds">When it is worth while to try again; null when waiting alone will not help.</param>
public sealed class TooManyRequestsException(string message, string reason, int? retryAfterSeconds = null)
    : LambdaException("TooManyRequestsException", message, 429)
{
    public string Reason { get; } = reason;

    public override IEnumerable<KeyValuePair<string, string>> Headers =>
        retryAfterSeconds is { } seconds ? [new("Retry-After", seconds.ToString())] : [];

    public override IEnumerable<KeyValuePair<string, object?>> Members => [.. base.Members, new("Reason", Reason)];
}
