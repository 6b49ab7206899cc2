using Petrel.Functions;

using Petrel.Testing;

namespace Petrel.Functions.Tests.Engine;

/// <summary>Instances of real functions come and go as asked.</summary>
public sealed class ScalingTests
{
    private const string Sleepy = "import time, os\ndef handler(event, context):\n    time.sleep(event)\n    return os.environ['AWS_LAMBDA_LOG_STREAM_NAME']\n";

    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Invoke_AtTheSameTime_UsesInstancesOfTheirOwn()
    {
        var function = Host.Python(Sleepy) with { Timeout = TimeSpan.FromSeconds(30) };
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Host.InvokeAsync(function, "1")));
        Assert.Equal(4, answers.Select(a => a.Payload).Distinct().Count());
        Assert.Equal(0, Host.Engine.Concurrency(function.FunctionArn));
    }

    [Fact]
    public async Task Invoke_ReservationReached_IsThrottled()
    {
        var function = Host.Python(Sleepy) with { Timeout = TimeSpan.FromSeconds(30) };
        var limits = new AdmissionLimits(Reserved: 1);
        var running = Host.InvokeAsync(function, "2", limits: limits);
        var e = await Assert.ThrowsAsync<ThrottledException>(() => Host.InvokeAsync(function, "0", limits: limits));
        Assert.Equal(ThrottleReason.ReservedFunctionConcurrentInvocationLimitExceeded, e.Reason);
        await running;
        await Host.InvokeAsync(function, "0", limits: limits);
        var none = await Assert.ThrowsAsync<ThrottledException>(() => Host.InvokeAsync(function, "0", limits: new AdmissionLimits(Reserved: 0)));
        Assert.Equal(ThrottleReason.ReservedFunctionConcurrentInvocationLimitExceeded, none.Reason);
    }

    [Fact]
    public async Task Retire_OldCode_FinishesWhatRuns()
    {
        var old = Host.Python(Sleepy) with { Timeout = TimeSpan.FromSeconds(30) };
        await Host.InvokeAsync(old, "0");
        var running = Host.InvokeAsync(old, "1");
        await Host.Engine.RetireAsync(old.FunctionArn, new HashSet<string> { "new" });
        Assert.Null((await running).Result.FunctionError);

        var (after, _) = await Host.InvokeAsync(old, "0");
        Assert.NotNull(after.Report.InitDuration); // the old instance is gone
    }

    [Fact]
    public async Task Provision_Instances_AreReadyAheadAndKept()
    {
        var function = Host.Python("import os\ndef handler(event, context):\n    return os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']\n");
        await Host.Engine.ProvisionAsync(function, 2);
        await Eventually.IsTrueAsync(() => Host.Engine.GetProvisioned(function.PoolKey) == new ProvisionedState(2, 2, null));
        var (result, payload) = await Host.InvokeAsync(function);
        Assert.Equal("\"provisioned-concurrency\"", payload);
        Assert.Null(result.Report.InitDuration);
        await Host.Engine.ProvisionAsync(function, 0);
        Assert.Equal(0, Host.Engine.GetProvisioned(function.PoolKey).Requested);
    }

    [Fact]
    public async Task Provision_BrokenFunction_SaysWhy()
    {
        var function = Host.Python("raise Exception('no')\n");
        await Host.Engine.ProvisionAsync(function, 1);
        await Eventually.IsTrueAsync(() => Host.Engine.GetProvisioned(function.PoolKey).FailureReason == "FUNCTION_ERROR_INIT_FAILURE");
        await Host.Engine.ProvisionAsync(function, 0);
    }

    [Fact]
    public async Task Invoke_MoreMemoryThanTheMachineHas_IsRefused()
    {
        var function = Host.Python("") with { MemoryMb = 100_000 };
        var e = await Assert.ThrowsAsync<ThrottledException>(() => Host.InvokeAsync(function));
        Assert.Equal(ThrottleReason.NodeCapacityExceeded, e.Reason);
    }

    [Fact]
    public async Task Invoke_CallerGoesWhileItWaits_IsNeverRun()
    {
        await using var host = new EngineHost(200); // memory for one instance
        var function = host.Python(Sleepy) with { Timeout = TimeSpan.FromSeconds(30) };
        await host.InvokeAsync(function, "0");
        var running = host.InvokeAsync(function, "1");
        using var gone = new CancellationTokenSource();
        var abandoned = host.Engine.InvokeAsync(
            function, new Invocation { RequestId = "gone", Payload = "0"u8.ToArray(), InvokedFunctionArn = function.FunctionArn }, new AdmissionLimits(null), gone.Token);
        Assert.Equal(1, host.Engine.Activity().Single(a => a.FunctionArn == function.FunctionArn).Waiting);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        Assert.Equal(1, host.Engine.Concurrency(function.FunctionArn));
        await running;
        await host.InvokeAsync(function, "0");
        Assert.DoesNotContain(host.Logs.Of(function), line => line.Contains("gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invoke_InstanceEndedWhileIdle_StartsAnother()
    {
        var function = Host.Python("import os, threading\ndef handler(event, context):\n    threading.Timer(0.005, lambda: os._exit(3)).start()\n    return os.environ['AWS_LAMBDA_LOG_STREAM_NAME']\n");
        var (_, first) = await Host.InvokeAsync(function);
        await Eventually.IsTrueAsync(() => Host.Logs.Closed.ContainsKey(first.Trim('"')));
        var (result, second) = await Host.InvokeAsync(function);
        Assert.Null(result.FunctionError);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Dispose_WithInstances_LeavesNoProcess()
    {
        var host = new EngineHost(2000);
        var (_, stream) = await host.InvokeAsync(host.Python(Sleepy), "0");
        var running = host.InvokeAsync(host.Python(Sleepy), "2");
        Assert.NotEqual(0, host.Processes(stream.Trim('"')));
        await host.DisposeAsync();
        Assert.Equal("Unhandled", (await running).Result.FunctionError);
        await Eventually.IsTrueAsync(() => host.Processes(stream.Trim('"')) == 0);
    }
}
