using System.Text.Json;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Runtimes.Frames;
using Petrel.Functions.Sandboxes;
using Petrel.Functions.Sandboxes.Fork;
using Petrel.Functions.Sandboxes.Launch;
using Petrel.Functions.Tests.Runtimes;
using Petrel.Testing;

namespace Petrel.Functions.Tests.Sandboxes;

/// <summary>Instances that a fork server bears: whatever runs in one sees and may do what it would in an ordinary one.</summary>
public sealed class ForkTests : IAsyncLifetime
{
    private const string Handler = """
        import subprocess, os
        def handler(event, context):
            if isinstance(event, dict):
                return eval(compile(event["python"], "event", "eval"))
            done = subprocess.run(["/bin/sh", "-c", event], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, close_fds=False, timeout=30)
            return done.stdout.decode()
        """;

    private static readonly CollectingOutput Output = new();

    private static SandboxHost Host => SandboxHost.Shared;

    private ForkServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Host.Launcher.CanFork, "needs root, control groups and a compiler");
        var runtime = RuntimesUnderTest.Provider.Catalogue.Find("python3.13")!;
        Assert.SkipUnless(runtime.Available, "needs Python");
        _server = await Host.Launcher.StartForkServerAsync(
            [runtime.Program!, "-S", Path.Combine(new RuntimeOptions().Bootstraps, "python", "bootstrap.py"), "fork"]);
        await _server.Ready.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Theory]
    [InlineData("id -u; id -g; id -G; umask; ulimit -a; hostname; tty; cat /proc/self/oom_score_adj")]
    [InlineData("grep -E '^(Cap.*|NoNewPrivs|Seccomp|Seccomp_filters|Groups|SigIgn):' /proc/$PPID/status")]
    [InlineData("for n in cgroup ipc mnt net pid pid_for_children user uts; do test $(readlink /proc/$PPID/ns/$n) = $(readlink /proc/self/ns/$n) && echo same $n; done")]
    [InlineData("cut -d' ' -f4-6,9- /proc/self/mountinfo | sed 's/[0-9a-f]\\{32\\}//g; s/code-[^ ]*//; s,petrel-run[^ ]*,,; s/id=[0-9]*//g' | sort")]
    [InlineData("ls -a / /var /dev /dev/shm /tmp /opt /root /home /sys /run; ls -la /var/task | wc -l")]
    [InlineData("for d in /var/task /usr /etc /opt / /dev /proc/sys/kernel /proc/self; do (echo x > $d/comm) 2>&1; done; echo x > /tmp/x; cat /tmp/x")]
    [InlineData("cat /proc/$PPID/environ | tr '\\0' '\\n' | grep -c -i -e petrel -e secret; readlink /proc/$PPID/cwd /proc/$PPID/root")]
    [InlineData("unshare -r id; unshare -n id; mount -t tmpfs none /tmp; su -c id; kill -0 1; dmesg | head -1; nsenter -t 1 -m id")]
    [InlineData("perl -e 'socket(my $s, 17, 3, 0) or print \"$!\\n\"; syscall(101, 16, 1, 0, 0); print \"$!\\n\"; syscall(272, 0x10000000); print \"$!\\n\"'")]
    [InlineData("bash -c 'exec 5<>/dev/tcp/localhost/4566; cat <&5'")]
    [InlineData("timeout 5 bash -c 'exec 5<>/dev/tcp/169.254.169.254/80' 2>&1 | grep -o -e 'No route to host' -e 'Connection refused' -e unreachable")]
    public async Task Borne_Script_SeesWhatAnOrdinaryInstanceSees(string script)
    {
        var (ordinary, forked) = (await OrdinaryAsync(script), await ForkedAsync(script));
        Assert.Equal(ordinary, forked);
        Assert.NotEqual("", forked);
    }

    [Fact]
    public async Task Borne_Descriptors_AreThoseOfTheSandboxOnly()
    {
        const string python = "sorted((int(f), os.readlink('/proc/self/fd/' + f).split(':')[0]) for f in os.listdir('/proc/self/fd') if os.path.lexists('/proc/self/fd/' + f))";
        await using var instance = await BearAsync();
        Assert.Equal("""[[0, "/dev/null"], [1, "pipe"], [2, "pipe"], [3, "socket"]]""", (await instance.InvokeAsync(Python(python))).Replace("],[", "], [", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Borne_Processes_AreItsOwnOnly()
    {
        await using var first = await BearAsync();
        await using var second = await BearAsync();
        const string python = "[sorted(int(p) for p in os.listdir('/proc') if p.isdigit()), os.getpid(), os.getppid(), os.getsid(0)]";
        Assert.Equal("[[1, 2, 3], 3, 0, 3]", await first.InvokeAsync(Python(python)));
        Assert.Equal("[[1, 2, 3], 3, 0, 3]", await second.InvokeAsync(Python(python)));
        Assert.Contains("denied", await first.InvokeAsync(Python("(lambda: open('/proc/self/exe', 'rb').read(1).decode())() if os.access('/proc/self/exe', os.W_OK) else 'denied'")), StringComparison.Ordinal);

        // Everything that it may signal is its own: the server and its other child go on.
        _ = await first.InvokeAsync("\"kill -9 -1; true\"").ContinueWith(static _ => 0, TaskScheduler.Default);
        Assert.Equal("3", await second.InvokeAsync(Python("os.getpid()")));
        Assert.True(_server.IsUsable);
    }

    [Theory]
    [InlineData("os._exit(7)", 7, null)]
    [InlineData("os.kill(os.getpid(), 9)", 137, 9)]
    [InlineData("os.abort()", 134, 6)]
    public async Task Borne_Ends_AsTheSandboxDoes(string python, int code, int? signal)
    {
        await using var instance = await BearAsync();
        _ = instance.InvokeAsync(Python(python));
        Assert.Equal(new SandboxExit(code, signal, false), await instance.Sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Borne_MoreMemoryThanItsLimit_IsKilledAndSaidSo()
    {
        await using var instance = await BearAsync();
        _ = instance.InvokeAsync(Python("len(bytearray(500 << 20))"));
        Assert.Equal(new SandboxExit(137, 9, true), await instance.Sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Borne_Killed_LeavesNothing()
    {
        var instance = await BearAsync();
        var folder = ControlGroup.Of(instance.ProcessId, "memory");
        Assert.Contains(instance.ProcessId.ToString(), await File.ReadAllLinesAsync($"{folder}/cgroup.procs"));
        instance.Sandbox.Kill();
        await instance.DisposeAsync();
        Assert.False(Directory.Exists(folder));
        await Eventually.IsTrueAsync(() => !Directory.Exists($"/proc/{instance.ProcessId}")); // the server takes its status
    }

    [Fact]
    public async Task Dispose_Server_EndsItsChildren()
    {
        await using var instance = await BearAsync();
        await _server.DisposeAsync();
        Assert.Equal(137, (await instance.Sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(20))).Code);
        await Assert.ThrowsAsync<FunctionStartException>(async () => await BearAsync());
    }

    [Fact]
    public async Task Borne_ModuleOfTheFunction_HidesTheLibrarys()
    {
        await using var instance = await BearAsync(("queue.py", "mark = 'my own'"), ("json.py", "mark = 'mine too'"));
        Assert.Equal("[\"my own\", \"mine too\"]", await instance.InvokeAsync(Python("[__import__('queue').mark, __import__('json').mark]")));
    }

    private static string Python(string expression) => JsonSerializer.Serialize(new { python = expression });

    private async Task<string> ForkedAsync(string script)
    {
        await using var instance = await BearAsync();
        return JsonSerializer.Deserialize<string>(await instance.InvokeAsync(JsonSerializer.Serialize(script)))!;
    }

    private static async Task<string> OrdinaryAsync(string script)
    {
        var (sandbox, assignment) = await LaunchAsync(waits: false);
        await using var instance = await PythonInstance.AttachAsync(sandbox, assignment, 0);
        return JsonSerializer.Deserialize<string>(await instance.InvokeAsync(JsonSerializer.Serialize(script)))!;
    }

    private async Task<PythonInstance> BearAsync(params (string, string)[] files)
    {
        var (sandbox, assignment) = await LaunchAsync(waits: true, files);
        try
        {
            Assert.Equal(5, await sandbox.Frames!.ReceiveAsync(new byte[5]).WaitAsync(TimeSpan.FromSeconds(20)));
            var process = await _server.BearAsync((Sandbox)sandbox).WaitAsync(TimeSpan.FromSeconds(20));
            return await PythonInstance.AttachAsync(sandbox, assignment, process);
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    private static async Task<(ISandbox, RuntimeAssignment)> LaunchAsync(bool waits, params (string, string)[] files)
    {
        var function = Host.Function(Host.Code([("app.py", Handler), .. files])) with { Runtime = "python3.13", Handler = "app.handler" };
        var runtime = RuntimesUnderTest.Provider.Catalogue.Find(function.Runtime)!;
        var plan = RuntimesUnderTest.Provider.AdapterFor(runtime)!.Plan(function, runtime);
        var environment = new Dictionary<string, string>(plan.Environment) { ["PATH"] = "/usr/local/bin:/usr/bin:/bin", ["LANG"] = "en_US.UTF-8" };
        var sandbox = await Host.Launcher.LaunchAsync(new SandboxSpec
        {
            InstanceId = "test",
            Function = function,
            Plan = waits ? plan with { Command = [], Waits = true } : plan,
            Output = Output,
            Environment = waits ? new Dictionary<string, string>() : environment,
        });
        return (sandbox, new RuntimeAssignment(function, runtime, environment, StartedBefore: waits));
    }

    private sealed class PythonInstance(ISandbox sandbox, FrameSession session, int processId) : IAsyncDisposable
    {
        public ISandbox Sandbox => sandbox;

        public int ProcessId => processId;

        public static async Task<PythonInstance> AttachAsync(ISandbox sandbox, RuntimeAssignment assignment, int processId)
        {
            var session = new FrameSession(sandbox.Frames!, assignment);
            _ = session.WatchAsync(sandbox.Exited);
            var outcome = await session.InitAsync(default).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
            var said = outcome.Kind == InitOutcomeKind.Exited ? $"{await sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(20))} {Output.Text}" : "";
            Assert.True(outcome.Kind == InitOutcomeKind.Ready, System.Text.Encoding.UTF8.GetString(outcome.Body.Span) + said);
            return new PythonInstance(sandbox, session, processId);
        }

        public async Task<string> InvokeAsync(string payload)
        {
            var invocation = new Invocation { RequestId = "request", Payload = System.Text.Encoding.UTF8.GetBytes(payload), InvokedFunctionArn = "arn" };
            var outcome = await session.InvokeAsync(invocation, TimeProvider.System.GetUtcNow().AddSeconds(30), default).AsTask().WaitAsync(TimeSpan.FromSeconds(40));
            return $"{System.Text.Encoding.UTF8.GetString(outcome.Body.Span)}";
        }

        public ValueTask DisposeAsync() => sandbox.DisposeAsync();
    }
}
