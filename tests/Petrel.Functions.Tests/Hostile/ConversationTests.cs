using Petrel.Functions.Sandboxes.Launch;

namespace Petrel.Functions.Tests.Hostile;

/// <summary>Functions that abuse what they may talk to: the Runtime API and the platform.</summary>
[Collection(nameof(Hostile))]
public sealed class ConversationTests
{
    private const string ConnectThousands = """
        made = 0
        for i in range(10000):
            s = socket.socket()
            s.setblocking(False)
            try: s.connect(('127.0.0.1', event))
            except BlockingIOError: made += 1
            except OSError: pass
            s.close()
        return made
        """;

    private const string HoldConnections = """
        held = []
        for i in range(900):
            try:
                s = socket.socket()
                s.settimeout(0.02)
                s.connect(('127.0.0.1', event))
                s.sendall(b'GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: x\\r\\nX-Half-Open: ')
                held.append(s)
            except OSError: pass
        time.sleep(1)
        return len(held) > 0
        """;

    private const string TalkNonsense = """
        import random
        generator = random.Random(7)
        for i in range(150):
            try:
                s = socket.create_connection(('127.0.0.1', event), timeout=1)
                s.sendall(generator.choice([
                    generator.randbytes(4000), b'\\0' * 70000, b'GET ' + b'/a' * 40000 + b' HTTP/1.1\\r\\n\\r\\n',
                    b'POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 99999999999\\r\\n\\r\\nabc',
                    b'POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nffffffffff\\r\\n',
                    b'GET / HTTP/1.1\\r\\n' + b'X: y\\r\\n' * 3000 + b'\\r\\n', b'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n' + b'\\xff' * 200,
                    b'POST /2018-06-01/runtime/init/error HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 2\\r\\n\\r\\n{}']))
                s.recv(100)
                s.close()
            except OSError: pass
        return 'said'
        """;

    public static TheoryData<string, string, int> Abuses => new()
    {
        { "connections, Runtime API", ConnectThousands, 9001 },
        { "connections, platform", ConnectThousands, 4566 },
        { "half-open, Runtime API", HoldConnections, 9001 },
        { "half-open, platform", HoldConnections, 4566 },
        { "nonsense, Runtime API", TalkNonsense, 9001 },
        { "nonsense, platform", TalkNonsense, 4566 },
    };

    /// <summary>As many as it can for a while; each that the daemon takes is work for it.</summary>
    private const string ConnectFor = """
        until, made = time.monotonic() + 4, 0
        while time.monotonic() < until:
            try:
                socket.create_connection(('127.0.0.1', 4566), timeout=0.05).close()
                made += 1
            except OSError: pass
        return made
        """;

    [Fact]
    public async Task Connect_FasterThanItMay_WaitsWhereItCostsNobodyAnything()
    {
        int open;
        await using (var host = Attack.Without(Defences.AcceptRate))
        {
            await host.InvokeAsync(Attack.Python(host, ConnectFor));
            open = host.Connections.Served;
        }

        var before = Attack.Guarded.Connections.Served;
        await Attack.IsContainedAsync(h => Attack.Python(h, ConnectFor));
        var guarded = Attack.Guarded.Connections.Served - before;
        Assert.InRange(guarded, 1, 6 * Petrel.Functions.Sandboxes.Network.SandboxAccepts.PerSecond);
        Assert.True(open > guarded, $"{open} without the defence, {guarded} with it");
    }

    [Theory]
    [MemberData(nameof(Abuses))]
    public async Task Abuse_OfListeners_HarmsNobodyElse(string kind, string body, int port)
    {
        var before = Directory.GetFiles("/proc/self/fd").Length;
        var (result, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, body.Replace("event", $"{port}", StringComparison.Ordinal)));
        Assert.True(result.FunctionError is null or "Unhandled", $"{kind}: {payload}");
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length - before, -10_000, 1000);
    }
}
