using Petrel.Functions.Pools.KeepAlive;
using Petrel.Testing.KeepAlive;

namespace Petrel.Functions.Tests.Pools;

public sealed class KeepAliveTests
{
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);

    [Fact]
    public void Decide_LittleIsKnown_TakesTheFixedTime() => Assert.Equal(new KeepAliveWindows(TenMinutes), Decide(30, 30));

    [Fact]
    public void Decide_ComesEveryHalfHour_EndsAtOnceAndPrewarms()
    {
        var windows = Decide([.. Enumerable.Repeat(30.0, 20)]);
        Assert.True(windows.Stay <= TimeSpan.FromMinutes(1));
        Assert.InRange(windows.Prewarm!.Value.TotalMinutes, 20, 29);
        Assert.True(windows.Prewarm + windows.StayPrewarmed >= TimeSpan.FromMinutes(31));
    }

    [Fact]
    public void Decide_ComesWithinMinutes_StaysForThem()
    {
        var windows = Decide(1, 2, 3, 4, 5, 6, 7, 12, 14, 15, 3, 4, 5, 6, 2, 1);
        Assert.Null(windows.Prewarm);
        Assert.InRange(windows.Stay.TotalMinutes, 15, 20);
    }

    [Fact]
    public void Decide_ComesOnceADay_KeepsNothing()
    {
        var windows = Decide([.. Enumerable.Repeat(24.0 * 60, 20)]);
        Assert.Equal(new KeepAliveWindows(TimeSpan.FromMinutes(1)), windows);
    }

    [Fact]
    public void IdleTimes_ManyOfOneKind_ForgetOldOnes()
    {
        var times = new IdleTimes();
        for (var i = 0; i < 10_000; i++)
        {
            times.Add(TimeSpan.FromMinutes(i < 5_000 ? 20 : 40));
        }

        Assert.True(times[40] > 10 * times[20]);
        Assert.Equal(times.Count, Enumerable.Range(0, IdleTimes.Minutes).Sum(m => times[m]) + times.Beyond);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Policy_OnThePublishedDistributions_SavesColdStartsInTheSameMemory(int seed)
    {
        var apps = new AzureTrace(seed).Apps(400);
        var tenMinutes = KeepAliveSimulation.Fixed(apps, TenMinutes);
        var hybrid = KeepAliveSimulation.Hybrid(apps, TenMinutes);
        Assert.InRange((double)hybrid.ColdStarts / tenMinutes.ColdStarts, 0, 0.6);
        Assert.InRange(hybrid.IdleMbMinutes / tenMinutes.IdleMbMinutes, 0, 1);
    }

    private static KeepAliveWindows Decide(params double[] minutes)
    {
        var times = new IdleTimes();
        foreach (var idle in minutes)
        {
            times.Add(TimeSpan.FromMinutes(idle));
        }

        return KeepAlivePolicy.Decide(times, TenMinutes);
    }
}
