using Microsoft.Extensions.Logging;

namespace Petrel.Server.Edge;

internal static partial class EdgeLog
{
    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "Request {RequestId} to {Service}:{Operation} failed.")]
    public static partial void RequestFailed(this ILogger logger, Exception failure, string requestId, string service, string operation);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Debug, Message = "{Service}:{Operation} {Status} in {Milliseconds} ms, request {RequestId}.")]
    public static partial void RequestAnswered(
        this ILogger logger, string service, string operation, int status, double milliseconds, string requestId);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Debug, Message = "The client of request {RequestId} to {Service}:{Operation} has gone.")]
    public static partial void ClientGone(this ILogger logger, string requestId, string service, string operation);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Debug, Message = "A connection ended before it said which protocol it speaks.")]
    public static partial void ConnectionUnread(this ILogger logger, Exception? failure);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Warning, Message = "Request {RequestId} to {Service}:{Operation} answers 503: {Reason}")]
    public static partial void StoreRefused(this ILogger logger, string requestId, string service, string operation, string reason);
}
