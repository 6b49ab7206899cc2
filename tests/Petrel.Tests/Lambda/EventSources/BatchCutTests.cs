using CsCheck;
using Petrel.Server.Services.Lambda.EventSources.Model;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Tests.Lambda.EventSources;

public sealed class BatchCutTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 30, TimeSpan.Zero);
    private static readonly MappingSettings Plain = new(3, 0, 1, [], -1, -1, Bisects: false, 0, ReportsItemFailures: false);

    [Fact]
    public void Decide_NoWindow_TakesWhatThereIs() => Assert.Equal(2, Decide(2, Plain).Take);

    [Fact]
    public void Decide_MoreThanABatch_TakesABatch() => Assert.Equal(3, Decide(7, Plain).Take);

    [Fact]
    public void Decide_NothingWaits_WaitsForARecord() => Assert.Equal(new CutDecision(0), Decide(0, Plain));

    [Fact]
    public void Decide_WindowNotOver_WaitsUntilItIs()
    {
        var settings = Plain with { WindowSeconds = 20 };
        Assert.Equal(new CutDecision(0, Until: Now.AddSeconds(15)), Decide(2, settings, since: Now.AddSeconds(-5)));
        Assert.Equal(2, Decide(2, settings, since: Now.AddSeconds(-20)).Take);
        Assert.Equal(3, Decide(3, settings, since: Now).Take);
    }

    [Fact]
    public void Decide_MemoryIsFull_TakesWhatThereIs() =>
        Assert.Equal(2, BatchCut.Decide(Waiting(2, 10), Now, null, Plain with { WindowSeconds = 20 }, pressed: true, Now).Take);

    [Fact]
    public void Decide_LargeRecords_StayBelowSixMegabytes() =>
        Assert.Equal(2, BatchCut.Decide(Waiting(3, 3_000_000), Now, null, Plain with { WindowSeconds = 300 }, false, Now).Take);

    [Fact]
    public void Decide_OneRecordTooLarge_IsSentAlone() =>
        Assert.Equal(1, BatchCut.Decide(Waiting(2, 7_000_000), Now, null, Plain, false, Now).Take);

    [Fact]
    public void Decide_TumblingWindows_BatchEndsWithItsWindow()
    {
        Waiting[] waiting = [new(1, Now.AddSeconds(-20)), new(1, Now.AddSeconds(-11)), new(1, Now.AddSeconds(-10))];
        var cut = BatchCut.Decide(waiting, Now, null, Plain with { TumblingSeconds = 10, BatchSize = 10 }, false, Now);
        Assert.Equal((2, Now.AddSeconds(-20)), (cut.Take, cut.Window));
    }

    [Fact]
    public void Decide_OpenWindowAndRecordOfALaterOne_ClosesIt()
    {
        var open = new WindowState(Now.AddSeconds(-10), "{}");
        var settings = Plain with { TumblingSeconds = 10 };
        Assert.True(BatchCut.Decide([new Waiting(1, Now)], Now, open, settings, false, Now).Closes);
        Assert.Equal(1, BatchCut.Decide([new Waiting(1, Now.AddSeconds(-1))], Now, open, settings, false, Now).Take);
        Assert.Equal(Now.AddSeconds(-10), BatchCut.Decide([new Waiting(1, Now.AddSeconds(-30))], Now, open, settings, false, Now).Window);
    }

    [Fact]
    public void Decide_OpenWindowOverInTime_ClosesAfterAMoment()
    {
        var open = new WindowState(Now.AddSeconds(-10), "{}");
        var settings = Plain with { TumblingSeconds = 10 };
        Assert.Equal(new CutDecision(0, Until: Now.AddSeconds(1)), BatchCut.Decide([], Now, open, settings, false, Now));
        Assert.True(BatchCut.Decide([], Now, open, settings, false, Now.AddSeconds(1)).Closes);
        Assert.True(BatchCut.Decide([], Now, open with { Oversized = true }, settings, false, Now.AddSeconds(-5)).Closes);
    }

    /// <summary>Against the plain statement of the rules, for any records.</summary>
    [Fact]
    public void Decide_AnyRecords_IsWhatTheRulesSay() => Gen.Select(
        Gen.Int[1, 2_000_000].Array[0, 12], Gen.Int[1, 6], Gen.Int[0, 30], Gen.Int[0, 40]).Sample((sizes, batchSize, window, age) =>
    {
        var settings = Plain with { BatchSize = batchSize, WindowSeconds = window };
        var waiting = sizes.Select(bytes => new Waiting(bytes, Now)).ToArray();
        var cut = BatchCut.Decide(waiting, Now.AddSeconds(-age), null, settings, false, Now);
        var fitting = Enumerable.Range(1, Math.Min(batchSize, sizes.Length)).Reverse()
            .FirstOrDefault(n => n == 1 || sizes.Take(n).Sum(bytes => bytes + 1L) <= BatchCut.MaxBytes);
        var full = fitting == batchSize || fitting < sizes.Length;
        Assert.Equal(sizes.Length > 0 && (full || age >= window) ? fitting : 0, cut.Take);
        Assert.Equal(sizes.Length > 0 && cut.Take == 0 ? Now.AddSeconds(window - age) : null, cut.Until);
    });

    private static CutDecision Decide(int count, MappingSettings settings, DateTimeOffset? since = null) =>
        BatchCut.Decide(Waiting(count, 10), since ?? Now, null, settings, pressed: false, Now);

    private static Waiting[] Waiting(int count, int bytes) => [.. Enumerable.Repeat(new Waiting(bytes, Now), count)];
}
