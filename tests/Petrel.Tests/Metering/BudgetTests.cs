using CsCheck;
using Microsoft.Extensions.Logging;
using Petrel.Functions;
using Petrel.Server.Metering.Api;
using Petrel.Server.Metering.Model;
using Petrel.Testing;

namespace Petrel.Tests.Metering;

public sealed class BudgetTests
{
    [Fact]
    public void Check_WithoutBudgets_IsFree()
    {
        var rig = new MeteringRig();
        rig.Invoke("f", 10);
        Assert.Null(rig.Check("f"));
    }

    [Theory]
    [InlineData("f", ThrottleReason.FunctionBudgetExceeded)]
    [InlineData(null, ThrottleReason.AccountBudgetExceeded)]
    public async Task Check_LimitReached_RefusesFromThatInvocationOn(string? scope, ThrottleReason reason)
    {
        var rig = new MeteringRig();
        await rig.SetBudgetAsync(3, scope);
        rig.Invoke("f", 2);
        Assert.Null(rig.Check("f"));
        rig.Invoke("f");
        var refusal = rig.Check("f");
        Assert.Equal(reason, refusal?.Reason);
        Assert.Contains("3 invocations a day", refusal!.Message, StringComparison.Ordinal);
        Assert.Contains("2026-01-02T00:00Z", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(scope is null, rig.Check("g") is not null);
    }

    [Fact]
    public async Task Check_MoneyAndGbSeconds_AreMeasuredExactly()
    {
        var rig = new MeteringRig();
        await rig.SetBudgetAsync(0.000034m, unit: BudgetUnit.Money, period: BudgetPeriod.Month);
        await rig.SetBudgetAsync(2, "g", BudgetUnit.GbSeconds);
        rig.Invoke("f", 2); // each 0.0000166667 and 0.0000002 for the request: 0.0000337334
        Assert.Null(rig.Check("f"));
        rig.Invoke(MeteringRig.Spec("f"), ms: 16);
        Assert.NotNull(rig.Check("f"));
        rig.Invoke("g");
        rig.Invoke(MeteringRig.Spec("g"), ms: 999);
        Assert.Null(rig.Check("g"));
        rig.Invoke(MeteringRig.Spec("g"), ms: 1);
        Assert.NotNull(rig.Check("g"));
    }

    [Fact]
    public async Task Check_NextPeriod_IsOpenAgain()
    {
        var rig = new MeteringRig();
        await rig.SetBudgetAsync(1);
        rig.Invoke("f");
        rig.Clock.Advance(TimeSpan.FromHours(23));
        Assert.NotNull(rig.Check("f"));
        rig.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(rig.Check("f"));
        rig.Invoke("f");
        Assert.NotNull(rig.Check("f"));
    }

    [Fact]
    public async Task Set_RaisedOrLowered_TakesEffectAtOnce()
    {
        var rig = new MeteringRig();
        await rig.SetBudgetAsync(2);
        rig.Invoke("f", 2);
        Assert.NotNull(rig.Check("f"));
        await rig.SetBudgetAsync(3);
        Assert.Null(rig.Check("f"));
        await rig.SetBudgetAsync(1);
        Assert.NotNull(rig.Check("f"));
        await rig.Budgets.RemoveAsync([.. rig.Meter.Budgets.All.Select(b => b.Budget.Id)]);
        Assert.Null(rig.Check("f"));
    }

    [Fact]
    public async Task Set_AfterUse_CountsWhatThePeriodHasUsedFlushedOrNot()
    {
        var rig = new MeteringRig();
        rig.Invoke("f", 2);
        await rig.Ledger.FlushAsync();
        rig.Invoke("f");
        await rig.SetBudgetAsync(10);
        Assert.Equal(3, rig.Meter.Budgets.All.Single().State.Used);
    }

    [Fact]
    public async Task Restart_InTheSamePeriod_GoesOnFromTheStore()
    {
        var rig = new MeteringRig();
        await rig.SetBudgetAsync(3);
        rig.Invoke("f", 3);
        await rig.Ledger.CloseAsync();
        var next = new MeteringRig(rig);
        await next.Budgets.ReloadAsync();
        Assert.NotNull(next.Check("f"));
    }

    [Fact]
    public async Task Warning_ReachedAgainAndAfterARestart_IsGivenOnce()
    {
        var log = new Lines();
        var rig = new MeteringRig(log: log);
        await rig.SetBudgetAsync(10, warn: 50);
        rig.Invoke("f", 4);
        Assert.Equal(0, rig.Budgets.Warnings);
        rig.Invoke("f", 3);
        await Eventually.IsTrueAsync(() => rig.Budgets.Warnings == 1);
        await Eventually.IsTrueAsync(() => log.Count("has reached 50 %") == 1);
        await rig.Ledger.CloseAsync();
        await Eventually.IsTrueAsync(() => rig.WarningsAreStored);
        var next = new MeteringRig(rig, log: log);
        await next.Budgets.ReloadAsync();
        Assert.True(next.Meter.Budgets.All.Single().State.Warned);
        Assert.Equal(0, next.Budgets.Warnings);
        next.Invoke("f", 3);
        await Eventually.IsTrueAsync(() => log.Count("is used up") == 1);
        Assert.Equal(1, log.Count("has reached 50 %"));
    }

    [Fact]
    public async Task Clock_SetBackIntoTheLastPeriod_KeepsCounting()
    {
        var rig = new MeteringRig();
        await rig.SetBudgetAsync(3);
        rig.Clock.Advance(TimeSpan.FromHours(24));
        rig.Invoke("f", 2);
        rig.Clock.Advance(TimeSpan.FromHours(-1));
        rig.Invoke("f");
        Assert.NotNull(rig.Check("f"));
        await rig.Budgets.TickAsync();
        Assert.Equal(1, rig.Meter.Budgets.All.Single().State.Used);
    }

    [Fact]
    public void Rules_AnySequence_WarnAndExhaustOnceAPeriod() =>
        Gen.Select(Gen.Int[1, 100], Gen.Int[0, 50], Gen.Select(Gen.Int[0, 10], Gen.Int[0, 30]).Array).Sample((warn, limit, steps) =>
        {
            var budget = new Budget("a", "r", "f", BudgetUnit.Invocations, BudgetPeriod.Day, limit, warn);
            var state = BudgetRules.Begin(budget, new UsageHour(0));
            var (hour, used, warned) = (0L, 0L, false);
            foreach (var (amount, hours) in steps)
            {
                var day = hour / 24;
                hour += hours;
                (used, warned) = hour / 24 > day ? (0, false) : (used, warned);
                var wasExhausted = used >= limit;
                used += amount;
                (state, var crossing) = BudgetRules.Add(budget, state, amount, new UsageHour(hour));
                Assert.Equal(used, state.Used);
                Assert.Equal(!warned && used * 100 >= (long)limit * warn, crossing.HasFlag(BudgetCrossing.Warning));
                Assert.Equal(!wasExhausted && used >= limit, crossing.HasFlag(BudgetCrossing.Exhausted));
                warned |= crossing.HasFlag(BudgetCrossing.Warning);
            }
        });

    [Fact]
    public async Task Reload_WhileManyInvoke_LosesNothing()
    {
        var rig = new MeteringRig();
        await rig.SetBudgetAsync(1_000_000);
        var invoking = Enumerable.Range(0, 2).Select(_ => Task.Run(() => rig.Invoke("f", 20_000))).ToArray();
        while (!invoking.All(t => t.IsCompleted))
        {
            await rig.Budgets.ReloadAsync();
        }

        Assert.Equal(40_000, rig.Meter.Budgets.All.Single().State.Used);
    }

    private sealed class Lines : ILogger<BudgetKeeper>
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

        public int Count(string part) => _lines.Count(l => l.Contains(part, StringComparison.Ordinal));

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(formatter(state, exception));
    }
}
