using CsCheck;
using Petrel.Server.Services.Lambda.Async;

namespace Petrel.Tests.Lambda.Invocation;

public sealed class AsyncRetryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Decide_FunctionErrors_RetriesAfterOneMinuteThenTwoThenGivesUp()
    {
        var first = Retry(AttemptOutcome.FunctionError, default);
        Assert.Equal(Start.AddMinutes(1), first.At);
        var second = Retry(AttemptOutcome.FunctionError, first.Attempts);
        Assert.Equal(Start.AddMinutes(2), second.At);
        Assert.Equal(new RetryDecision.GiveUp("RetriesExhausted"), Decide(AttemptOutcome.FunctionError, second.Attempts, RetryLimits.Default));
    }

    [Fact]
    public void Decide_NoRetriesConfigured_GivesUpAtTheFirstError() => Assert.Equal(
        new RetryDecision.GiveUp("RetriesExhausted"),
        Decide(AttemptOutcome.FunctionError, default, new RetryLimits(MaximumRetryAttempts: 0)));

    [Fact]
    public void Decide_RetryWouldBeTooLate_GivesUpByAge() => Assert.Equal(
        new RetryDecision.GiveUp("EventAgeExceeded"),
        Decide(AttemptOutcome.FunctionError, new Attempts(1, 0), new RetryLimits(MaximumEventAgeInSeconds: 60)));

    [Fact]
    public void Decide_Refusals_WaitLongerAndDoNotCountAsRuns()
    {
        var attempts = default(Attempts);
        var waits = new List<double>();
        for (var i = 0; i < 11; i++)
        {
            var retry = Retry(AttemptOutcome.NotStarted, attempts);
            waits.Add((retry.At - Start).TotalSeconds);
            attempts = retry.Attempts;
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300], waits);
        Assert.Equal(0, attempts.Runs);
    }

    [Fact]
    public void Decide_Success_Completes() =>
        Assert.IsType<RetryDecision.Complete>(Decide(AttemptOutcome.Success, new Attempts(2, 5), RetryLimits.Default));

    [Fact]
    public void Decide_AnySequence_EndsWithinTheLimits() => Gen
        .Select(Gen.Bool.Array[1, 200], Gen.Int[0, 2], Gen.Int[60, 21_600])
        .Sample((errors, retries, age) =>
        {
            var limits = new RetryLimits(retries, age);
            var (now, attempts, runs) = (Start, default(Attempts), 0);
            foreach (var error in errors)
            {
                runs += error ? 1 : 0;
                var outcome = error ? AttemptOutcome.FunctionError : AttemptOutcome.NotStarted;
                if (AsyncRetry.Decide(outcome, attempts, limits, Start, now) is not RetryDecision.Retry retry)
                {
                    break;
                }

                (now, attempts) = (retry.At, retry.Attempts);
            }

            return runs <= retries + 1 && now - Start <= limits.MaximumAge;
        });

    [Fact]
    public void Concurrency_WholeBatches_DoublesUpToItsBound()
    {
        var concurrency = AsyncConcurrency.Start;
        for (var i = 0; i < 20; i++)
        {
            concurrency = concurrency.AfterReceive(10, 10);
        }

        Assert.Equal(AsyncConcurrency.Max, concurrency.Limit);
        Assert.Equal(concurrency.Limit, concurrency.AfterReceive(10, 9).Limit);
    }

    [Fact]
    public void Concurrency_AfterRefusals_GrowsByOneAndSeldom()
    {
        var concurrency = AsyncConcurrency.Start.AfterRefusal().AfterRefusal().AfterRefusal();
        Assert.Equal(1, concurrency.Limit);
        for (var i = 1; i < AsyncConcurrency.Patience; i++)
        {
            concurrency = concurrency.AfterReceive(1, 1);
            Assert.Equal(1, concurrency.Limit);
        }

        Assert.Equal(2, concurrency.AfterReceive(1, 1).Limit);
    }

    private static RetryDecision Decide(AttemptOutcome outcome, Attempts before, RetryLimits limits) =>
        AsyncRetry.Decide(outcome, before, limits, Start, Start);

    private static RetryDecision.Retry Retry(AttemptOutcome outcome, Attempts before) =>
        Assert.IsType<RetryDecision.Retry>(Decide(outcome, before, RetryLimits.Default));
}
