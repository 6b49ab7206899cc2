using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Invocation;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;

namespace Petrel.Server.Services.Lambda.Async;

/// <summary>
/// Where the record of an event goes that is through or was given up: another function, if the qualifier's settings name one and the
/// function's role may invoke it.
/// </summary>
internal sealed partial class AsyncDestinations(FunctionCache functions, RoleRights rights, TimeProvider time, ILogger<AsyncDestinations> log)
{
    /// <summary>Lambda stops a loop of functions after about this many turns.</summary>
    private const int MaxHops = 16;

    /// <param name="condition">Null for a success.</param>
    public async ValueTask<FollowUp?> PlanAsync(ResolvedFunction source, AsyncEvent accepted, InvocationResult? result, string? condition)
    {
        var arn = condition is null ? source.EventInvoke?.OnSuccess : source.EventInvoke?.OnFailure;
        if (string.IsNullOrEmpty(arn))
        {
            return null;
        }

        if (FunctionRef.TryParse(arn) is not { Region: { } region, Account: { } account } target)
        {
            LogNotDelivered(accepted.Head.RequestId, arn, "only functions are destinations here");
            return null;
        }

        var key = new FunctionKey(account, region, target.Name);
        var record = AsyncRecord.Write(source, accepted, result, condition, time.GetUtcNow());
        var mayLoop = source.Function.RecursiveLoop == "Allow";
        var problem = accepted.Head.Hops >= MaxHops && !mayLoop ? "the event has gone round too often"
            : record.Length > InvocationLimits.MaxAsynchronousBytes ? "its record is larger than 1 MB"
            : !await rights.AllowAsync(source.Function.Key, source.Version.Role, "lambda:InvokeFunction", arn) ? $"the role {source.Version.Role} may not invoke it"
            : null;
        if (problem is null && await functions.FindAsync(key, CancellationToken.None) is { } entry)
        {
            return new FollowUp(entry.Function.Id, key, Follow(accepted.Head, target, key, record).Encode());
        }

        LogNotDelivered(accepted.Head.RequestId, arn, problem ?? "there is no such function");
        return null;
    }

    private AsyncEvent Follow(AsyncEventHead head, FunctionRef target, FunctionKey key, ReadOnlyMemory<byte> record) => new(
        head with
        {
            Account = key.Account,
            Region = key.Region,
            Function = key.Name,
            Qualifier = target.Qualifier,
            AcceptedAt = time.GetUtcNow(),
            Runs = 0,
            Hops = head.Hops + 1,
        },
        record);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The record of event {RequestId} does not reach {Destination}: {Reason}.")]
    private partial void LogNotDelivered(string requestId, string destination, string reason);
}
