using System.Globalization;
using Petrel.Functions;
using Petrel.Testing;

namespace Petrel.Functions.Tests.Engine;

/// <summary>Idle instances stand still, and everything can still be done with them.</summary>
public sealed class FreezeTests
{
    /// <summary>A thread that looks at the clock all the time, and tells for how long it could not.</summary>
    private const string Ticking = """
        import os, threading, time
        longest = 0
        def tick():
            global longest
            last = time.monotonic()
            while True:
                time.sleep(0.01)
                now = time.monotonic()
                longest = max(longest, now - last)
                last = now
        threading.Thread(target=tick, daemon=True).start()
        def handler(event, context):
            time.sleep(0.1)
            return [longest, os.environ['AWS_LAMBDA_LOG_STREAM_NAME']]
        """;

    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Idle_FunctionWithAThread_StandsStillUntilTheNextInvocation()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "without control groups nothing is frozen");
        var function = Host.Python(Ticking) with { Timeout = TimeSpan.FromSeconds(20) };
        var (_, stream) = await CallAsync(Host, function);
        await FrozenAsync(Host, function);
        await CallAsync(Host, Host.Python("import time\ndef handler(event, context):\n    time.sleep(1)\n    return [0, '']\n")); // the world goes on
        var (stoodStill, same) = await CallAsync(Host, function);
        Assert.Equal(stream, same);
        Assert.True(stoodStill > 0.9, $"its thread was away for {stoodStill} s at most");
    }

    [Fact]
    public async Task Retire_Frozen_EndsIt()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "without control groups nothing is frozen");
        var function = Host.Python(Ticking);
        var (_, stream) = await CallAsync(Host, function);
        await FrozenAsync(Host, function);
        await Host.Engine.RetireAsync(function.FunctionArn, new HashSet<string>());
        await Eventually.IsTrueAsync(() => Host.Processes(stream) == 0 && Host.Logs.Closed.ContainsKey(stream));
    }

    [Fact]
    public async Task Dispose_WithFrozenInstances_LeavesNoProcess()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "without control groups nothing is frozen");
        var host = new EngineHost(2000);
        var function = host.Python(Ticking);
        var (_, stream) = await CallAsync(host, function);
        await FrozenAsync(host, function);
        await host.DisposeAsync();
        await Eventually.IsTrueAsync(() => host.Processes(stream) == 0);
    }

    [Fact]
    public async Task Invoke_WhileItIsBeingFrozen_IsAlwaysAnswered()
    {
        var function = Host.Node("exports.handler = async (event) => event;\n") with { Timeout = TimeSpan.FromSeconds(20) };
        var pause = Host.Python("import time\ndef handler(event, context):\n    time.sleep(event / 1000)\n");
        for (var i = 0; i < 40; i++)
        {
            var (result, payload) = await Host.InvokeAsync(function, i.ToString(CultureInfo.InvariantCulture));
            Assert.Null(result.FunctionError);
            Assert.Equal($"{i}", payload);
            await Host.InvokeAsync(pause, $"{40 + (i % 10)}"); // about as long as it takes until it is frozen
        }
    }

    private static Task FrozenAsync(EngineHost host, FunctionSpec function) =>
        Eventually.IsTrueAsync(() => host.Engine.Activity().Single(a => a.FunctionArn == function.FunctionArn).Frozen == 1);

    private static async Task<(double Longest, string Stream)> CallAsync(EngineHost host, FunctionSpec function)
    {
        var (result, payload) = await host.InvokeAsync(function);
        Assert.Null(result.FunctionError);
        using var json = System.Text.Json.JsonDocument.Parse(payload);
        return (json.RootElement[0].GetDouble(), json.RootElement[1].GetString()!);
    }
}
