using System.Diagnostics;
using Petrel.Functions.Sandboxes.Limits;
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

    /// <summary>A daemon that starts need not have the number of the one that was killed.</summary>
    [Fact]
    public async Task Start_AfterADaemonWithAnotherNumberWasKilled_RemovesWhatItLeft()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && SandboxHost.Shared.Launcher.Capabilities.Cgroups == 1, "what is left is looked for where version 1 has it");
        const int number = DaemonSlot.MaxDaemons - 1;
        await File.WriteAllTextAsync(Path.Combine(DaemonSlot.RunDirectory, $"{number}.lock"), "");
        string[] groups = [.. new[] { "memory", "cpu", "pids" }.Select(c => $"/sys/fs/cgroup/{c}/petrel-{number}/7")];
        foreach (var group in groups)
        {
            Directory.CreateDirectory(group);
        }

        using var left = Process.Start("sleep", "1000");
        await File.WriteAllTextAsync(Path.Combine(groups[2], "cgroup.procs"), $"{left.Id}");
        using var rules = Process.Start("nft", $"add table inet petrel_{number}");
        await rules.WaitForExitAsync();

        await using var next = new SandboxHost(privileged: true);

        Assert.True(left.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.All(groups, g => Assert.False(Directory.Exists(Path.GetDirectoryName(g)), g));
        Assert.DoesNotContain(number, Firewall.Tables());
    }

    [Fact]
    public async Task Start_BesideARunningDaemon_LeavesItsSandboxesAlone()
    {
        var (sandbox, _) = await SandboxHost.Shared.StartAsync("sleep 1000");
        await using (sandbox)
        {
            await using var other = new SandboxHost(privileged: true);
            await using var unprivileged = new SandboxHost(privileged: false);
            var (exit, _) = await other.RunAsync("exit 5");
            Assert.Equal(5, exit.Code);
            Assert.False(sandbox.Exited.IsCompleted);
        }
    }

    /// <summary>The one machine of tests has version 1 for limits; freezing and killing version 2 does without any controller.</summary>
    [Fact]
    public async Task CleanUp_FrozenGroupOfVersion2_IsKilledAndRemoved()
    {
        const string root = "/sys/fs/cgroup/unified";
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists($"{root}/cgroup.procs"), "version 2 is not mounted beside version 1");
        var group = $"{root}/petrel-test-{Environment.ProcessId}";
        Directory.CreateDirectory(group);
        using var left = Process.Start("sleep", "1000");
        await File.WriteAllTextAsync($"{group}/cgroup.procs", $"{left.Id}");
        await File.WriteAllTextAsync($"{group}/cgroup.freeze", "1");
        await Eventually.IsTrueAsync(() => File.ReadAllText($"{group}/cgroup.events").Contains("frozen 1", StringComparison.Ordinal));

        CgroupFile.EndAll([group]);

        Assert.True(left.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.False(Directory.Exists(group));
    }
}
