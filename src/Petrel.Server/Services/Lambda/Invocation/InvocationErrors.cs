using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Invocation;

/// <summary>What the API says when the engine did not start an invocation.</summary>
internal static class InvocationErrors
{
    /// <summary>Clients that obey <c>Retry-After</c> come back after this many seconds.</summary>
    private const int RetryAfterSeconds = 1;

    /// <summary>A budget may last for weeks, and may be raised at any moment.</summary>
    private const int BudgetRetryAfterSeconds = 60;

    public static ServiceException ToServiceException(ThrottledException throttled) => throttled.Reason switch
    {
        // The interface has no reason for a full machine; its limit of all concurrent invocations is the nearest.
        ThrottleReason.NodeCapacityExceeded => new TooManyRequestsException(
            "Rate Exceeded. This machine has no instance for it within a reasonable time.",
            nameof(ThrottleReason.ConcurrentInvocationLimitExceeded),
            RetryAfterSeconds),
        var reason when throttled.Budget is { } budget => new TooManyRequestsException(budget.Message, reason.ToString(), BudgetRetryAfterSeconds),
        var reason => new TooManyRequestsException("Rate Exceeded.", reason.ToString(), RetryAfterSeconds),
    };

    public static ServiceException ToServiceException(FunctionStartException failure) => failure.Code switch
    {
        "InvalidRuntimeException" => new InvalidRuntimeException(failure.Message),
        "InvalidZipFileException" => new InvalidZipFileException(failure.Message),
        "ResourceNotReadyException" => new ResourceNotReadyException(failure.Message),
        "ServiceException" => new LambdaServiceException(failure.Message),
        _ => new EC2UnexpectedException(failure.Message),
    };
}
