using Petrel.Wire;

namespace Petrel.Aws.Logs;

public sealed class InvalidParameterException(string message) : ServiceException("InvalidParameterException", message, 400);

public sealed class ResourceAlreadyExistsException(string message) : ServiceException("ResourceAlreadyExistsException", message, 400);

public sealed class ResourceNotFoundException(string message) : ServiceException("ResourceNotFoundException", message, 400)
{
    public static ResourceNotFoundException Group() => new("The specified log group does not exist.");

    public static ResourceNotFoundException Stream() => new("The specified log stream does not exist.");
}

public sealed class LimitExceededException(string message) : ServiceException("LimitExceededException", message, 400);

public sealed class TooManyTagsException(string message) : ServiceException("TooManyTagsException", message, 400);

/// <summary>The group is protected from deletion.</summary>
public sealed class LogsValidationException(string message) : ServiceException("ValidationException", message, 400);

/// <summary>More is asked at once than the service takes.</summary>
public sealed class LogsThrottlingException(string message) : ServiceException("ThrottlingException", message, 400);

/// <summary>A live tail reached its three hours.</summary>
public sealed class SessionTimeoutException(string message) : ServiceException("SessionTimeoutException", message, 400);
