using CsCheck;
using Petrel.Functions.Prestart;

namespace Petrel.Functions.Tests.Prestart;

/// <summary>For which functions fork servers run.</summary>
public sealed class ForkPlanTests
{
    private static readonly PrestartOptions Options = new();

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void Decide_StartsKeepComing_StartsOne()
    {
        var calls = new ForkClass("f", 0, At(0));
        var decided = new List<string?>();
        for (var i = 1; i <= 10; i++)
        {
            calls = calls.Add(At(i * 0.02));
            decided.Add(ForkPlan.Decide([calls], Options, At(i * 0.02)).Start);
        }

        Assert.Equal([null, null, null, null, null, null, "f", "f", "f", "f"], decided);
    }

    [Fact]
    public void Decide_StartsSeldom_StartsNone()
    {
        var calls = new ForkClass("f", 0, At(0));
        for (var i = 1; i <= 1000; i++)
        {
            calls = calls.Add(At(i));
            Assert.Null(ForkPlan.Decide([calls], Options, At(i)).Start);
        }
    }

    [Fact]
    public void Decide_Unused_StopsWhenNothingLives()
    {
        var idle = new ForkClass("f", 0, At(0), Running: true);
        Assert.Empty(ForkPlan.Decide([idle], Options, At(59)).Stop);
        Assert.Equal(["f"], ForkPlan.Decide([idle], Options, At(60)).Stop);
        Assert.Empty(ForkPlan.Decide([idle with { Children = 1 }], Options, At(6000)).Stop);
    }

    [Fact]
    public void Decide_Any_StaysWithinTheNumberAndEndsNothingThatLives() =>
        Gen.Select(Gen.Double[0, 40], Gen.Double[0, 100], Gen.Bool, Gen.Int[0, 2]).Array[1, 12].Sample(drawn =>
        {
            var classes = drawn.Select((d, i) => new ForkClass($"f{i}", d.Item1, At(d.Item2), Children: d.Item4)).ToList();
            var running = 0;
            classes = [.. classes.Select((c, i) => drawn[i].Item3 && running < Options.ForkServers && ++running > 0 ? c with { Running = true } : c with { Children = 0 })];
            var decision = ForkPlan.Decide(classes, Options, At(100));
            var after = running - decision.Stop.Count + (decision.Start is null ? 0 : 1);
            Assert.True(after <= Options.ForkServers);
            Assert.All(decision.Stop, key => Assert.Equal((true, 0), (classes.Single(c => c.Key == key).Running, classes.Single(c => c.Key == key).Children)));
            Assert.Equal(decision.Stop.Count, decision.Stop.Distinct().Count());
        });
}
