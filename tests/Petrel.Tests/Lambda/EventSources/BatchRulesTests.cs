using CsCheck;
using Petrel.Server.Services.Lambda.EventSources.Model;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Tests.Lambda.EventSources;

public sealed class BatchRulesTests
{
    private static readonly MappingSettings Plain = new(100, 0, 1, [], -1, -1, Bisects: false, 0, ReportsItemFailures: false);

    [Fact]
    public void Decide_Failed_IsTriedAgainWhole()
    {
        var decision = BatchRules.Decide(new Slice(0, 5), SliceOutcome.Failed, 0, Plain);
        Assert.Equal((0, null), (decision.Done, decision.Discard));
        Assert.Equal([new Slice(0, 5, 1)], decision.Next);
    }

    [Fact]
    public void Decide_FailedAndRetriesExhausted_IsGivenUp()
    {
        var decision = BatchRules.Decide(new Slice(2, 5, 3), SliceOutcome.Failed, 0, Plain with { MaxRetries = 3 });
        Assert.Equal((new Slice(2, 5, 4), "RetryAttemptsExhausted"), (decision.Discard, decision.Condition));
        Assert.Empty(decision.Next);
    }

    [Fact]
    public void Decide_FailedWithBisect_IsSplitAndEachHalfHasAllItsAttempts()
    {
        var decision = BatchRules.Decide(new Slice(2, 5), SliceOutcome.Failed, 0, Plain with { Bisects = true, MaxRetries = 0 });
        Assert.Equal([new Slice(2, 2), new Slice(4, 3)], decision.Next);
    }

    [Fact]
    public void Decide_OneRecordWithBisect_IsRetriedAndGivenUp()
    {
        var settings = Plain with { Bisects = true, MaxRetries = 1 };
        Assert.Equal([new Slice(2, 1, 1)], BatchRules.Decide(new Slice(2, 1), SliceOutcome.Failed, 0, settings).Next);
        Assert.NotNull(BatchRules.Decide(new Slice(2, 1, 1), SliceOutcome.Failed, 0, settings).Discard);
    }

    [Fact]
    public void Decide_Partial_RecordsBeforeTheFirstFailureAreDone()
    {
        var decision = BatchRules.Decide(new Slice(0, 5, 7), SliceOutcome.Partial, 3, Plain with { MaxRetries = 3 });
        Assert.Equal(3, decision.Done);
        Assert.Equal([new Slice(3, 2, 1)], decision.Next);
        Assert.Equal([new Slice(3, 2)], BatchRules.Decide(new Slice(0, 5), SliceOutcome.Partial, 3, Plain with { Bisects = true, MaxRetries = 0 }).Next);
    }

    [Fact]
    public void CountExpired_OldRecords_AreThoseAtTheStart()
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(1);
        DateTimeOffset[] arrivals = [now.AddSeconds(-100), now.AddSeconds(-90), now.AddSeconds(-10)];
        var settings = Plain with { MaxAgeSeconds = 60 };
        Assert.Equal(2, BatchRules.CountExpired(new Slice(0, 3), arrivals, settings, null, now));
        Assert.Equal(1, BatchRules.CountExpired(new Slice(1, 2), arrivals, settings, null, now));
        Assert.Equal(0, BatchRules.CountExpired(new Slice(0, 3), arrivals, Plain, null, now));
        Assert.Equal(3, BatchRules.CountExpired(new Slice(0, 3), arrivals, Plain, TimeSpan.FromSeconds(5), now));
        Assert.Equal(2, BatchRules.CountExpired(new Slice(0, 3), arrivals, settings, TimeSpan.FromHours(24), now));
    }

    [Fact]
    public void Pause_OfManyAttempts_StaysBelowTenSeconds()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(100), BatchRules.Pause(1));
        Assert.Equal(TimeSpan.FromMilliseconds(400), BatchRules.Pause(3));
        Assert.Equal(TimeSpan.FromSeconds(10), BatchRules.Pause(1_000));
    }

    /// <summary>
    /// A batch with some poison records goes through the rules to its end: every record ends exactly once, done or given up, in order; and
    /// with bisecting only poison is given up.
    /// </summary>
    [Fact]
    public void Decide_AnyBatchToItsEnd_EveryRecordEndsOnceInOrder() => Gen.Select(
        Gen.Bool.Array[1, 40], Gen.Bool, Gen.Bool, Gen.Int[0, 3]).Sample((poison, bisects, partial, retries) =>
    {
        var settings = Plain with { Bisects = bisects, ReportsItemFailures = partial, MaxRetries = retries };
        var (work, ended, lost, steps) = (new Stack<Slice>([new Slice(0, poison.Length)]), 0, new List<int>(), 0);
        while (work.TryPop(out var slice))
        {
            Assert.True(++steps < 100_000);
            Assert.Equal(ended, slice.From);
            var first = Array.FindIndex(poison, slice.From, slice.Count, bad => bad);
            var outcome = first < 0 ? SliceOutcome.Success : partial ? SliceOutcome.Partial : SliceOutcome.Failed;
            var decision = BatchRules.Decide(slice, outcome, Math.Max(0, first - slice.From), settings);
            Assert.DoesNotContain(true, poison.AsSpan(slice.From, decision.Done).ToArray());
            ended += decision.Done + (decision.Discard?.Count ?? 0);
            if (decision.Discard is { } discard)
            {
                lost.AddRange(Enumerable.Range(discard.From, discard.Count));
            }

            foreach (var next in decision.Next.Reverse())
            {
                work.Push(next);
            }
        }

        Assert.Equal(poison.Length, ended);
        if (bisects)
        {
            Assert.All(lost, index => Assert.True(poison[index]));
        }

        Assert.Equal(poison.Count(bad => bad), lost.Count(index => poison[index]));
    });
}
