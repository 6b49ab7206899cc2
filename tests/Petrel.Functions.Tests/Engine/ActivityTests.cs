using Petrel.Functions;

namespace Petrel.Functions.Tests.Engine;

public sealed class ActivityTests
{
    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Activity_OfAFunction_CountsWhatHappened()
    {
        const string busyFor50Ms = """
            import time
            def handler(event, context):
                end = time.process_time() + 0.05
                while time.process_time() < end: pass
                return 1 / event
            """;
        var function = Host.Python(busyFor50Ms) with { Timeout = TimeSpan.FromSeconds(30) };
        var (first, _) = await Host.InvokeAsync(function, "1");
        await Host.InvokeAsync(function, "0");
        await Assert.ThrowsAsync<ThrottledException>(() => Host.InvokeAsync(function, limits: new AdmissionLimits(Reserved: 0)));

        var row = Assert.Single(Host.Engine.Activity(), a => a.FunctionArn == function.FunctionArn);
        Assert.Equal((2L, 1L, 1L, 1L), (row.Invocations, row.Errors, row.Throttles, row.ColdStarts));
        Assert.Equal((1, 0, 0, 0), (row.Idle, row.Busy, row.Starting, row.InFlight));
        Assert.Equal(128, row.PromisedMemoryMb);
        Assert.InRange(row.MemoryBytes, 1 << 20, 128 << 20);
        Assert.True(row.QueueWait > TimeSpan.Zero);
        Assert.InRange(first.Report.CpuTime!.Value, TimeSpan.FromMilliseconds(45), TimeSpan.FromSeconds(5));
        Assert.InRange(row.CpuTime, TimeSpan.FromMilliseconds(95), row.Duration + TimeSpan.FromSeconds(1));
    }
}
