using System.Globalization;

namespace Petrel.Functions.Tests.Hostile;

/// <summary>Functions that take all processors.</summary>
[Collection(nameof(Hostile))]
public sealed class ProcessorTests
{
    /// <summary>Works for two seconds and says how much processor time it had; as many processes as asked beside it work too.</summary>
    private const string Work = """
        hogs = []
        for i in range(event['hogs']):
            pid = os.fork()
            if pid == 0:
                end = time.monotonic() + 10
                while time.monotonic() < end: pass
                os._exit(0)
            hogs.append(pid)
        end = time.monotonic() + 2
        while time.monotonic() < end: pass
        for pid in hogs: os.kill(pid, signal.SIGKILL)
        return time.process_time()
        """;

    private const string Hog = """
        for i in range(event['hogs']):
            if os.fork() == 0:
                while True: pass
        time.sleep(4)
        """;

    public ProcessorTests() => Attack.NeedsRoot();

    /// <summary>Sixty processes of a neighbour weigh no more than one; in the same sandbox each weighs as much as the function itself. Whatever else the machine does takes from both, so that only a factor of two is asked for.</summary>
    [Fact]
    public async Task Hog_WithManyProcesses_LeavesNeighboursTheirShare()
    {
        var host = Attack.Guarded;
        var worker = Attack.Python(host, Work);
        var together = Seconds((await host.InvokeAsync(worker, """{"hogs":60}""")).Payload);

        var hog = host.InvokeAsync(Attack.Python(host, Hog, seconds: 6), """{"hogs":60}""");
        var apart = Seconds((await host.InvokeAsync(Attack.Python(host, Work), """{"hogs":0}""")).Payload);
        await hog;
        Assert.True(apart > 2 * together, $"{apart} s of processor time beside a neighbour with 60 processes, {together} s beside 60 of its own");
    }

    private static double Seconds(string payload) => double.Parse(payload, CultureInfo.InvariantCulture);
}
