namespace Petrel.Server.Services.Lambda.Async;

/// <summary>How one attempt at an asynchronous event ended.</summary>
internal enum AttemptOutcome
{
    Success,

    /// <summary>The function ran and failed: its code, its runtime, a timeout, a crash.</summary>
    FunctionError,

    /// <summary>The function was not started: a concurrency limit, or the platform's own trouble.</summary>
    NotStarted,
}

/// <summary>What was tried so far.</summary>
/// <param name="Runs">Attempts in which the function ran.</param>
/// <param name="Refusals">Attempts in a row that were not started.</param>
internal readonly record struct Attempts(int Runs, int Refusals);

/// <summary>What bounds the retries of an event: <c>PutFunctionEventInvokeConfig</c>, with Lambda's defaults.</summary>
internal sealed record RetryLimits(int MaximumRetryAttempts = 2, int MaximumEventAgeInSeconds = 21_600)
{
    public static readonly RetryLimits Default = new();

    public TimeSpan MaximumAge => TimeSpan.FromSeconds(MaximumEventAgeInSeconds);
}

/// <summary>What happens to an event after an attempt.</summary>
internal abstract record RetryDecision
{
    private RetryDecision()
    {
    }

    public sealed record Complete : RetryDecision;

    public sealed record Retry(DateTimeOffset At, Attempts Attempts) : RetryDecision;

    /// <param name="Condition">As destinations are told it: <c>RetriesExhausted</c> or <c>EventAgeExceeded</c>.</param>
    public sealed record GiveUp(string Condition) : RetryDecision;
}

/// <summary>
/// The rules of asynchronous invocation: an error of the function is retried after one minute and then after two; an event that could
/// not be started waits, from one second doubling up to five minutes, for as long as it may live.
/// </summary>
internal static class AsyncRetry
{
    public const string RetriesExhausted = "RetriesExhausted";
    public const string EventAgeExceeded = "EventAgeExceeded";

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LaterRetry = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    public static RetryDecision Decide(
        AttemptOutcome outcome,
        Attempts before,
        RetryLimits limits,
        DateTimeOffset acceptedAt,
        DateTimeOffset now)
    {
        switch (outcome)
        {
            case AttemptOutcome.Success:
                return new RetryDecision.Complete();
            case AttemptOutcome.FunctionError when before.Runs >= limits.MaximumRetryAttempts:
                return new RetryDecision.GiveUp(RetriesExhausted);
            case AttemptOutcome.FunctionError:
                var pause = before.Runs == 0 ? FirstRetry : LaterRetry;
                return WaitUnlessTooOld(pause, new Attempts(before.Runs + 1, 0), limits, acceptedAt, now);
            default:
                var wait = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(before.Refusals, 16)), LongestWait.TotalSeconds));
                return WaitUnlessTooOld(wait, before with { Refusals = before.Refusals + 1 }, limits, acceptedAt, now);
        }
    }

    /// <summary>Whether an event is too old to be tried at all.</summary>
    public static bool IsTooOld(RetryLimits limits, DateTimeOffset acceptedAt, DateTimeOffset now) => now - acceptedAt > limits.MaximumAge;

    private static RetryDecision WaitUnlessTooOld(
        TimeSpan wait,
        Attempts attempts,
        RetryLimits limits,
        DateTimeOffset acceptedAt,
        DateTimeOffset now) => IsTooOld(limits, acceptedAt, now + wait)
        ? new RetryDecision.GiveUp(EventAgeExceeded)
        : new RetryDecision.Retry(now + wait, attempts);
}
