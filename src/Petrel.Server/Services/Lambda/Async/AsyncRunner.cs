using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Async;

/// <summary>Runs one event and sees to what follows: done, tried again, or given up.</summary>
internal sealed partial class AsyncRunner(
    AsyncQueues queues,
    FunctionResolver resolver,
    IFunctionEngine engine,
    AsyncDestinations destinations,
    TimeProvider time,
    ILogger<AsyncRunner> log)
{
    private static readonly Uri Nowhere = new("http://localhost");

    /// <param name="line">Where the event waits when it could not be started.</param>
    /// <returns>The event that came of it at a destination.</returns>
    public async Task<FollowUp?> RunAsync(WorkLease lease, RefusalLine line, CancellationToken stopping)
    {
        // The request that woke the pollers is over, and not the parent of what they run.
        Activity.Current = null;
        try
        {
            var accepted = AsyncEvent.Decode(lease.Body);
            return await RunAsync(new HeldLease(queues, lease, time), accepted, line, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception problem) when (problem is StoreException or InvalidDataException)
        {
            // The lease ends, and the event is received again.
            LogNotRun(lease.Id, problem);
            return null;
        }
    }

    private async Task<FollowUp?> RunAsync(HeldLease lease, AsyncEvent accepted, RefusalLine line, CancellationToken stopping)
    {
        var head = accepted.Head;
        for (var refusals = 0; ; refusals++)
        {
            if (await AttemptAsync(lease, accepted, stopping) is not { } attempt)
            {
                LogFunctionGone(head.RequestId, head.Function, head.Qualifier);
                await queues.CompleteAsync(lease.Current, next: null);
                return null;
            }

            var decision = AsyncRetry.Decide(
                attempt.Outcome, new Attempts(head.Runs, refusals), attempt.Limits, head.AcceptedAt, time.GetUtcNow());
            switch (decision)
            {
                case RetryDecision.Retry retry when attempt.Outcome == AttemptOutcome.NotStarted:
                    AsyncMetrics.Refused.Add(1);
                    await WaitAsync(lease, line, retry.At, stopping);
                    break;
                case RetryDecision.Retry retry:
                    AsyncMetrics.Retried.Add(1);
                    var changed = accepted with { Head = head with { Runs = retry.Attempts.Runs } };
                    await queues.RetryAsync(lease.Current, changed, retry.At - time.GetUtcNow());
                    return null;
                default:
                    return await FinishAsync(lease, accepted, attempt, (decision as RetryDecision.GiveUp)?.Condition);
            }
        }
    }

    private async Task WaitAsync(HeldLease lease, RefusalLine line, DateTimeOffset until, CancellationToken stopping)
    {
        using var early = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await lease.HoldAsync(line.WaitAsync(Task.Delay(until - time.GetUtcNow(), time, early.Token)), stopping);
        await early.CancelAsync();
    }

    /// <summary>Null when the function, or the version or alias that was asked, is gone.</summary>
    private async Task<Attempt?> AttemptAsync(HeldLease lease, AsyncEvent accepted, CancellationToken stopping)
    {
        var head = accepted.Head;
        var limits = RetryLimits.Default;
        ResolvedFunction? target = null;
        try
        {
            (target, var admission) = await resolver.ResolveAsync(head.Function, head.Qualifier, CallOf(head, stopping));
            if (target.Function.Id != lease.Current.Queue)
            {
                return null;
            }

            limits = LimitsOf(target);
            var waited = time.GetUtcNow() - head.AcceptedAt;
            var running = engine.InvokeAsync(target.Spec, Describe(target, accepted), admission, CancellationToken.None);
            await lease.HoldAsync(running, stopping);
            var result = await running;
            if (head.Runs == 0)
            {
                AsyncMetrics.WaitSeconds.Record(waited.TotalSeconds);
            }

            var outcome = result.FunctionError is null ? AttemptOutcome.Success : AttemptOutcome.FunctionError;
            return new Attempt(outcome, limits, target, result);
        }
        catch (ResourceNotFoundException)
        {
            return null;
        }
        catch (Exception refusal) when (refusal is ThrottledException or FunctionStartException or LambdaException)
        {
            return new Attempt(AttemptOutcome.NotStarted, limits, target, null);
        }
    }

    private async Task<FollowUp?> FinishAsync(HeldLease lease, AsyncEvent accepted, Attempt attempt, string? condition)
    {
        var next = attempt.Target is null ? null : await destinations.PlanAsync(attempt.Target, accepted, attempt.Result, condition);
        if (!await queues.CompleteAsync(lease.Current, next))
        {
            return null;
        }

        if (condition is null)
        {
            AsyncMetrics.Succeeded.Add(1);
        }
        else
        {
            AsyncMetrics.GivenUp.Add(1, new KeyValuePair<string, object?>("condition", condition));
            LogGivenUp(accepted.Head.RequestId, accepted.Head.Function, condition);
        }

        return next;
    }

    private static RetryLimits LimitsOf(ResolvedFunction target) => target.EventInvoke is not { } config
        ? RetryLimits.Default
        : new RetryLimits(
            config.MaximumRetryAttempts ?? RetryLimits.Default.MaximumRetryAttempts,
            config.MaximumEventAgeSeconds ?? RetryLimits.Default.MaximumEventAgeInSeconds);

    private static Functions.Invocation Describe(ResolvedFunction target, AsyncEvent accepted) => new()
    {
        RequestId = accepted.Head.RequestId,
        Payload = accepted.Payload,
        InvokedFunctionArn = target.InvokedArn,
        TraceId = accepted.Head.TraceId,
        Origin = accepted.Head.Origin,
    };

    private static CallContext CallOf(AsyncEventHead head, CancellationToken stopping) => new()
    {
        Account = head.Account,
        Region = head.Region,
        Caller = new Principal(PrincipalKind.Service, head.Account, "lambda.amazonaws.com", "lambda", ServiceName: "lambda.amazonaws.com"),
        RequestId = head.RequestId,
        Endpoint = Nowhere,
        Aborted = stopping,
    };

    private sealed record Attempt(AttemptOutcome Outcome, RetryLimits Limits, ResolvedFunction? Target, InvocationResult? Result);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The asynchronous event {Item} was not run; it comes again.")]
    private partial void LogNotRun(WorkItemId item, Exception problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Event {RequestId} is dropped: its function {Function} ({Qualifier}) is gone.")]
    private partial void LogFunctionGone(string requestId, string function, string? qualifier);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Event {RequestId} of function {Function} is given up: {Condition}.")]
    private partial void LogGivenUp(string requestId, string function, string condition);
}
