using CsCheck;
using Petrel.Server.Metering.Api;
using Petrel.Server.Metering.Model;
using Petrel.Server.Metering.Store;
using Petrel.Storage;
using Petrel.Storage.Faults;
using Petrel.Storage.Memory;

namespace Petrel.Tests.Metering;

public sealed class UsageTests
{
    private enum Step
    {
        Invoke,
        Throttle,
        Flush,
        Restart,
        Forward,
        Backward,
    }

    [Fact]
    public async Task Sums_AnySplitIntoFlushesRestartsAndClockSteps_EqualTheNaiveSum()
    {
        var step = Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 2], Gen.Int[0, 5_000], Gen.Int[1, 200]);
        await Check.SampleAsync(step.List[1, 60], async steps =>
        {
            var rig = new MeteringRig();
            var naive = new Dictionary<(string, long), UsageSums>();
            foreach (var (what, function, ms, minutes) in steps)
            {
                var spec = MeteringRig.Spec("f" + function, 128 << function);
                var hour = UsageHour.Of(rig.Clock.GetUtcNow());
                switch (what)
                {
                    case Step.Invoke:
                        rig.Invoke(spec, ms);
                        Count(naive, spec.Name, hour, UsageRules.Of(spec, MeteringRig.Call(), MeteringRig.Result(spec, ms)));
                        break;
                    case Step.Throttle:
                        rig.Meter.Throttled(spec, Functions.ThrottleReason.ConcurrentInvocationLimitExceeded);
                        Count(naive, spec.Name, hour, new UsageSums { Throttles = 1 });
                        break;
                    case Step.Flush:
                        await rig.Ledger.FlushAsync();
                        break;
                    case Step.Restart:
                        await rig.Ledger.CloseAsync();
                        rig = new MeteringRig(rig);
                        break;
                    default:
                        rig.Clock.Advance(TimeSpan.FromMinutes(what == Step.Forward ? minutes : -minutes));
                        break;
                }
            }

            await rig.Ledger.FlushAsync();
            var stored = (await rig.StoredAsync()).ToDictionary(r => (r.Key.Function, r.Hour.Number), r => r.Sums);
            Assert.Equal(naive.OrderBy(n => n.Key), stored.OrderBy(s => s.Key));
        }, iter: 300);
    }

    [Fact]
    public async Task Flush_AnyCallFailsBeforeOrAfterItTookEffect_CountsEverythingOnce()
    {
        for (var call = 1; call <= 6; call++)
        {
            foreach (var kind in new[] { FaultKind.BeforeIt, FaultKind.AfterIt })
            {
                var store = new FaultInjectingStore(new MemoryStore(), FaultPlan.Fail(call, kind, count: 2));
                var rig = new MeteringRig(store: store);
                for (var round = 0; round < 5; round++)
                {
                    rig.Invoke("f", 3);
                    try
                    {
                        await rig.Ledger.FlushAsync();
                    }
                    catch (StoreException)
                    {
                        // The next one goes on.
                    }
                }

                store.Plan = FaultPlan.None;
                await rig.Ledger.FlushAsync();
                Assert.Equal(15, (await rig.StoredAsync()).Sum(r => r.Sums.Invocations));
            }
        }
    }

    [Fact]
    public async Task Flush_WhileManyInvoke_LosesAndDoublesNothing()
    {
        var rig = new MeteringRig();
        var invoking = Enumerable.Range(0, 4).Select(i => Task.Run(() => rig.Invoke("f" + (i % 2), 5_000))).ToArray();
        while (!invoking.All(t => t.IsCompleted))
        {
            await rig.Ledger.FlushAsync();
        }

        await rig.Ledger.FlushAsync();
        Assert.Equal(20_000, (await rig.StoredAsync()).Sum(r => r.Sums.Invocations));
    }

    [Fact]
    public async Task Flush_ManyFunctions_GoesInSeveralTransactions()
    {
        var rig = new MeteringRig();
        for (var i = 0; i < 1_234; i++)
        {
            rig.Invoke("f" + i);
        }

        await rig.Ledger.FlushAsync();
        Assert.Equal(1_234, (await rig.StoredAsync()).Count);
    }

    [Fact]
    public async Task Invocation_EndsInTheNextHour_CountsThere()
    {
        var rig = new MeteringRig();
        rig.Clock.Advance(TimeSpan.FromMinutes(59));
        rig.Invoke("f");
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        rig.Invoke("f", 2);
        await rig.Ledger.FlushAsync();
        Assert.Equal([1, 2], (await rig.StoredAsync()).Select(r => r.Sums.Invocations));
    }

    [Fact]
    public async Task Outcomes_AreCountedApart()
    {
        var rig = new MeteringRig();
        var spec = MeteringRig.Spec("f", 2048, "arm64", storageMb: 1024);
        rig.Invoke(spec, 10);
        rig.Invoke(spec, 20, error: "Unhandled");
        rig.Invoke(spec, 30, error: "Unhandled", timedOut: true);
        rig.Meter.Throttled(spec, Functions.ThrottleReason.FunctionBudgetExceeded);
        await rig.Ledger.FlushAsync();
        var row = Assert.Single(await rig.StoredAsync());
        Assert.Equal("arm64", row.Key.Architecture);
        Assert.Equal((3, 1, 1, 1, 0, 1), (row.Sums.Invocations, row.Sums.Successes, row.Sums.Errors, row.Sums.Timeouts, row.Sums.Throttles, row.Sums.BudgetRefusals));
        Assert.Equal((60, 60 * 2048, 60 * 512, 6_000), (row.Sums.BilledMs, row.Sums.BilledMbMs, row.Sums.StorageMbMs, row.Sums.CpuUs));
        Assert.Equal((21, 21), (row.Sums.BytesIn, row.Sums.BytesOut));
        Assert.Equal(2, rig.Meter.Find(spec.FunctionArn)!.Failures.Latest().Count);
    }

    [Fact]
    public void Usage_OfARequestThatWasPassedOn_CountsItsBodies()
    {
        var exchange = new Functions.HttpExchange(new Microsoft.AspNetCore.Http.DefaultHttpContext()) { Target = "/", MaxBodyBytes = 100, BytesIn = 30, BytesOut = 500 };
        var spec = MeteringRig.Spec("f");
        var call = new Functions.Invocation { RequestId = "r", Payload = default, InvokedFunctionArn = "arn", Http = exchange };
        var sums = UsageRules.Of(spec, call, MeteringRig.Result(spec) with { Payload = default });
        Assert.Equal((30, 500), (sums.BytesIn, sums.BytesOut));
    }

    [Theory]
    [InlineData("""{"errorType":"ValueError","errorMessage":"no"}""", "ValueError", "no")]
    [InlineData("""{"errorType":"\ud800"}""", "", "")]
    [InlineData("""{"errorType":7,"errorMessage":null}""", "", "")]
    [InlineData("""[1]""", "", "")]
    [InlineData("broken", "", "")]
    [InlineData("", "", "")]
    public void Failures_WhateverAFunctionAnswers_CanBeShown(string body, string type, string message)
    {
        var failures = new FunctionFailures();
        for (var i = 0; i < 7; i++)
        {
            failures.Add(DateTimeOffset.UnixEpoch.AddSeconds(i), "r" + i, "1", System.Text.Encoding.UTF8.GetBytes(body));
        }

        var latest = failures.Latest();
        Assert.Equal(["r6", "r5", "r4", "r3", "r2"], latest.Select(f => f.RequestId));
        Assert.Equal((type, message), (latest[0].Type, latest[0].Message));
    }

    [Fact]
    public async Task Provisioned_InstancesKept_CountTheirTime()
    {
        var rig = new MeteringRig();
        var spec = MeteringRig.Spec("f", 512);
        rig.Meter.Provisioned(spec, 2);
        rig.Clock.Advance(TimeSpan.FromSeconds(10));
        await rig.Ledger.FlushAsync();
        rig.Clock.Advance(TimeSpan.FromSeconds(5));
        rig.Meter.Provisioned(spec, 0);
        rig.Clock.Advance(TimeSpan.FromSeconds(100));
        await rig.Ledger.FlushAsync();
        Assert.Equal(2 * 512 * 15_000, (await rig.StoredAsync()).Sum(r => r.Sums.ProvisionedMbMs));
    }

    [Fact]
    public async Task Sweep_OldHours_GoOfEveryAccount()
    {
        var rig = new MeteringRig();
        rig.Invoke("f");
        rig.Invoke(MeteringRig.Spec("g") with { Account = "222222222222", FunctionArn = "other" });
        rig.Clock.Advance(TimeSpan.FromDays(3));
        rig.Invoke("f", 2);
        await rig.Ledger.FlushAsync();
        await rig.Ledger.SweepAsync(rig.Clock.GetUtcNow() - TimeSpan.FromDays(2), TestContext.Current.CancellationToken);
        Assert.Equal(2, Assert.Single(await rig.StoredAsync()).Sums.Invocations);
        var other = rig.Ledger.ReadAsync("222222222222", new UsageHour(0), new UsageHour(10_000_000), TestContext.Current.CancellationToken);
        Assert.False(await other.GetAsyncEnumerator(TestContext.Current.CancellationToken).MoveNextAsync());
    }

    [Fact]
    public async Task Cell_UnusedForADay_GoesAndComesBack()
    {
        var rig = new MeteringRig();
        rig.Invoke("f");
        rig.Clock.Advance(TimeSpan.FromHours(26));
        await rig.Ledger.FlushAsync();
        Assert.Empty(rig.Meter.Cells);
        rig.Invoke("f");
        await rig.Ledger.FlushAsync();
        Assert.Equal(2, (await rig.StoredAsync()).Sum(r => r.Sums.Invocations));
    }

    [Fact]
    public void Codec_AnySums_ComeBack() => Gen.Long[0, long.MaxValue].Array[17].Sample(n =>
    {
        var sums = new UsageSums
        {
            Invocations = n[0],
            Errors = n[1],
            Timeouts = n[2],
            Throttles = n[3],
            BudgetRefusals = n[4],
            ColdStarts = n[5],
            DurationUs = n[6],
            InitUs = n[7],
            CpuUs = n[8],
            BilledMs = n[9],
            BilledMbMs = n[10],
            StorageMbMs = n[11],
            ProvisionedMbMs = n[12],
            BytesIn = n[13],
            BytesOut = n[14],
            MemorySizeMb = n[15],
            PeakMemoryMb = n[16],
        };
        Assert.Equal(sums, UsageCodec.Decode(UsageCodec.Encode(sums)));
    });

    /// <summary>The budget of the hot path: nothing, once the function has its cell, and nothing more for a budget in force.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Invocation_Counted_AllocatesNothing(bool budget)
    {
        var rig = new MeteringRig();
        if (budget)
        {
            await rig.SetBudgetAsync(1_000_000);
        }

        var spec = MeteringRig.Spec("f");
        var (call, result) = (MeteringRig.Call(), MeteringRig.Result(spec));
        rig.Meter.Invoked(spec, call, result);
        rig.Check("f");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            rig.Check("f");
            rig.Meter.Invoked(spec, call, result);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Count(Dictionary<(string, long), UsageSums> naive, string function, UsageHour hour, UsageSums sums)
    {
        var sum = naive.GetValueOrDefault((function, hour.Number));
        sum.Add(sums);
        naive[(function, hour.Number)] = sum;
    }
}
