using Petrel.Functions.Sandboxes;
using Petrel.Functions.Sandboxes.Launch;

namespace Petrel.Functions.Tests.Sandboxes;

/// <summary>What Landlock alone keeps a function from: mounts, users and the filter allow each of it.</summary>
public sealed class LandlockTests : IAsyncLifetime
{
    /// <summary>Writes past the protection of a process's own memory, changes what the kernel ends first, signals the first process.</summary>
    private const string Hostile = """
        for f in /proc/self/oom_score_adj /proc/self/coredump_filter /proc/1/comm; do (echo 0 > $f) 2>/dev/null && echo wrote $f; done
        exec 4<>/proc/self/mem && echo opened memory
        """;

    private readonly SandboxHost _open = new(privileged: true, o => o with { Without = Defences.Landlock });

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SandboxHost.Shared.Launcher.Capabilities.Landlock > 0, "the kernel has no Landlock, or there is no compiler");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _open.DisposeAsync();

    [Fact]
    public async Task Files_OfProc_AreWrittenWithoutItOnly()
    {
        var (_, output) = await _open.RunAsync(Hostile);
        Assert.Equal("wrote /proc/self/oom_score_adj\nwrote /proc/self/coredump_filter\nopened memory\n", output);
        (_, output) = await SandboxHost.Shared.RunAsync(Hostile + " 2>&1");
        Assert.DoesNotContain("wrote", output, StringComparison.Ordinal);
        Assert.DoesNotContain("opened", output, StringComparison.Ordinal);
        Assert.Contains("Permission denied", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signals_ToTheFirstProcess_AreSentWithoutItOnly()
    {
        Assert.SkipUnless(SandboxHost.Shared.Launcher.Capabilities.Landlock >= 6, "this version of Landlock does not know signals");
        const string signal = "kill -0 1 2>&1 && echo sent";
        var (_, output) = await _open.RunAsync(signal);
        Assert.Equal("sent\n", output);
        (_, output) = await SandboxHost.Shared.RunAsync(signal);
        Assert.Contains("not permitted", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_ThatMayBeWritten_Still()
    {
        var (exit, output) = await SandboxHost.Shared.RunAsync("""
            set -e
            mkdir /tmp/a /tmp/b; echo x > /tmp/a/f; mv /tmp/a/f /tmp/b/g; ln /tmp/b/g /tmp/a/h; ln -s g /tmp/b/i; mkfifo /tmp/p; truncate -s 0 /tmp/b/g
            echo x > /dev/shm/f; rm -r /tmp/b /dev/shm/f
            echo x > /dev/null; echo x > /dev/zero; head -c 1 /dev/urandom > /tmp/r
            perl -e 'use strict; kill(0, $$) or die "no signal to itself"'
            cp /bin/true /tmp/t; /tmp/t; sleep 100 & kill $!
            echo done
            """);
        Assert.Equal("done\n", output);
        Assert.Equal(0, exit.Code);
    }

    [Fact]
    public async Task Start_WithoutTheStem_StillRuns()
    {
        await using var bare = new SandboxHost(privileged: true, o => o with { Stem = null });
        var (exit, output) = await bare.RunAsync("echo it runs; exit 4");
        Assert.Equal(("it runs\n", new SandboxExit(4, null, false)), (output, exit));
        Assert.Contains(bare.Launcher.Capabilities.Problems, p => p.Contains("gcc", StringComparison.Ordinal));
    }
}
