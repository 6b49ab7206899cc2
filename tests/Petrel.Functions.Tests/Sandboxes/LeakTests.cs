using System.Diagnostics;
using Petrel.Functions.Sandboxes.Network;

using Petrel.Testing;

namespace Petrel.Functions.Tests.Sandboxes;

public sealed class LeakTests
{
    [Fact]
    public async Task Dispose_RunningSandbox_LeavesNothing()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "without root there are no control groups to look into");
        var (sandbox, _) = await SandboxHost.Shared.StartAsync("setsid sleep 1000 & sleep 1000");
        var folder = ControlGroup.Of(sandbox.ProcessId, "memory");
        await Eventually.IsTrueAsync(() => File.ReadAllLines($"{folder}/cgroup.procs").Length >= 4);
        var processes = File.ReadAllLines($"{folder}/cgroup.procs");
        var network = File.ReadAllText($"/proc/{sandbox.ProcessId}/net/dev");
        Assert.Contains("lo:", network, StringComparison.Ordinal);

        await sandbox.DisposeAsync();

        Assert.False(Directory.Exists(folder));
        await Eventually.IsTrueAsync(() => processes.All(p => !Directory.Exists($"/proc/{p}"))); // the host's init takes the orphans' status
        Assert.DoesNotContain("/var/task", await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_RunningSandbox_ExitsBySignal()
    {
        var (sandbox, _) = await SandboxHost.Shared.StartAsync("sleep 1000");
        sandbox.Kill();
        var exit = await sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((137, 9, false), (exit.Code, exit.Signal, exit.OutOfMemory));
        await sandbox.DisposeAsync();
    }

    [Fact]
    public async Task Acquire_NumberOfAKilledDaemon_EndsItsSandboxes()
    {
        using var first = DaemonSlot.Acquire(privileged: false);
        using var left = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", $"exec -a {first.Name} sleep 1000"]))!;
        await Eventually.IsTrueAsync(() => File.ReadAllText($"/proc/{left.Id}/cmdline").StartsWith(first.Name, StringComparison.Ordinal));
        first.Dispose();

        DaemonSlot second;
        var held = new List<DaemonSlot>();
        do
        {
            second = DaemonSlot.Acquire(privileged: false);
            held.Add(second);
        }
        while (second.Number != first.Number);
        Assert.True(left.WaitForExit(TimeSpan.FromSeconds(20)));
        held.ForEach(d => d.Dispose());
    }
}
