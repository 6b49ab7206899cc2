using Petrel.Functions.Sandboxes.Launch;
using Petrel.Testing;

namespace Petrel.Functions.Tests.Hostile;

/// <summary>Functions that make more processes than they may, or that do not want to end.</summary>
[Collection(nameof(Hostile))]
public sealed class ProcessBombTests
{
    /// <summary>Makes processes until it cannot, or has made more than any function may, and says how many.</summary>
    private const string ForkMany = """
        made = []
        try:
            while len(made) < 1500:
                pid = os.fork()
                if pid == 0:
                    signal.pause()
                made.append(pid)
        except BlockingIOError:
            pass
        for pid in made: os.kill(pid, signal.SIGKILL)
        return len(made)
        """;

    private const string Threads = """
        stop = threading.Event()
        threading.stack_size(65536)
        made = 0
        try:
            while made < 1200:
                threading.Thread(target=stop.wait, daemon=True).start()
                made += 1
        except RuntimeError:
            pass
        stop.set()
        return made
        """;

    private const string Zombies = """
        made = 0
        try:
            while made < 1500:
                if os.fork() == 0: os._exit(0)
                made += 1
        except BlockingIOError:
            pass
        return made
        """;

    /// <summary>Kills every runtime that it sees and may.</summary>
    private const string KillAll = """
        own = {os.getpid(), os.getppid()}
        killed = 0
        for name in os.listdir('/proc'):
            if name.isdigit() and int(name) not in own:
                try:
                    with open(f'/proc/{name}/cmdline') as f:
                        if 'bootstrap.py' not in f.read(): continue
                    os.kill(int(name), signal.SIGKILL)
                    killed += 1
                except OSError: pass
        return killed
        """;

    /// <summary>Orphans in sessions of their own that ignore every signal, and make more of themselves while they are being killed.</summary>
    private const string StubbornOrphans = """
        for i in range(20):
            if os.fork() == 0:
                os.setsid()
                if os.fork(): os._exit(0)
                for s in range(1, 65):
                    try: signal.signal(s, signal.SIG_IGN)
                    except (OSError, ValueError): pass
                os.chdir('/tmp')
                while True:
                    try:
                        if os.fork() == 0: time.sleep(0.05); os._exit(0)
                    except OSError: pass
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGKILL)
        """;

    public ProcessBombTests() => Attack.NeedsRoot();

    public static TheoryData<string, string, int> Counting => new()
    {
        { "processes", ForkMany, 1500 },
        { "threads", Threads, 1200 },
        { "zombies", Zombies, 1500 },
    };

    [Theory]
    [MemberData(nameof(Counting))]
    public async Task ForkBomb_ThatCounts_StopsAtTheLimit(string kind, string body, int wanted)
    {
        var (_, open) = await Attack.SucceedsAsync(Defences.ProcessLimit, h => Attack.Python(h, body, memoryMb: 1024));
        Assert.True(open == $"{wanted}", $"{kind}: {open}");
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, body, memoryMb: 1024));
        Assert.InRange(int.Parse(payload), 100, 1023);
    }

    [Fact]
    public async Task ForkBomb_ThatNeverEnds_FailsAndLeavesNothing()
    {
        var (_, payload) = await Attack.IsContainedAsync(h => h.Shell("""
            bomb() { bomb | bomb & bomb; }
            bomb 2>/dev/null
            while :; do bomb & done 2>/dev/null
            """) with
        { Timeout = TimeSpan.FromSeconds(3), MemoryMb = 512, Environment = new Dictionary<string, string> { ["MARK"] = "a-fork-bomb" } });
        Assert.Contains(Attack.ErrorType(payload), new[] { "Sandbox.Timedout", "Runtime.ExitError", "Runtime.OutOfMemory" });
        await Eventually.IsTrueAsync(() => Attack.Guarded.Processes("a-fork-bomb") == 0);
    }

    [Fact]
    public async Task Orphans_ThatIgnoreSignalsAndFork_EndWithTheirSandbox()
    {
        const string mark = "orphans-of-a-hostile-function";
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, StubbornOrphans) with
        {
            Environment = new Dictionary<string, string> { ["MARK"] = mark },
        });
        Assert.Equal("Runtime.ExitError", Attack.ErrorType(payload));
        await Eventually.IsTrueAsync(() => Attack.Guarded.Processes(mark) == 0);
    }

    [Fact]
    public async Task Signals_ToEveryProcess_ReachItsOwnOnly()
    {
        await using (var open = Attack.Without(Defences.ProcessNamespace | Defences.DistinctUser | Defences.Landlock))
        {
            var neighbour = open.InvokeAsync(Attack.Python(open, "time.sleep(20)"));
            var attacker = Attack.Python(open, KillAll);
            while (!neighbour.IsCompleted)
            {
                await open.InvokeAsync(attacker);
            }

            Assert.Equal("Runtime.ExitError", Attack.ErrorType((await neighbour).Payload));
        }

        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, KillAll));
        Assert.Equal("0", payload);
    }
}
