using System.Text;
using Petrel.Functions.Sandboxes;
using Petrel.Testing;

namespace Petrel.Functions.Tests.Sandboxes;

/// <summary>The same of a function whose sandbox was there before it.</summary>
public sealed class AssignedIsolationTests : IsolationTests
{
    private static SandboxHost Host => SandboxHost.Shared;

    private protected override async Task<(SandboxExit Exit, string Output)> RunAsync(string script, Func<FunctionSpec, FunctionSpec>? change = null)
    {
        var (sandbox, output) = await Host.AssignAsync(await Host.StartBlankAsync(), script, change);
        await using (sandbox)
        {
            return (await sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(60)), output.Text);
        }
    }

    [Fact]
    public async Task Blank_BeforeItsAssignment_HasNeitherCodeNorPlatform()
    {
        await using var blank = await Host.StartBlankAsync(
            "ls -A /var/task /opt /tmp; bash -c \"exec 5<>/dev/tcp/127.0.0.1/4566; cat <&5\"; echo end;");
        await Eventually.IsTrueAsync(() => blank.Said.Contains("end", StringComparison.Ordinal));
        Assert.Equal("/opt:\nlib\n\n/tmp:\n\n/var/task:\nlib\nend", blank.Said);
    }

    [Fact]
    public async Task Assign_OutputBefore_IsNotTheFunctions()
    {
        var (sandbox, output) = await Host.AssignAsync(await Host.StartBlankAsync("echo before;"), "echo after");
        await using (sandbox)
        {
            await sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal("after\n", output.Text);
        }
    }

    [Fact]
    public async Task Assign_Layers_AreThereReadOnly()
    {
        var (first, second) = (Host.Code(("a", "first"), ("b", "first")), Host.Code(("b", "second")));
        var (_, output) = await RunAsync("cat /opt/a /opt/b; touch /opt/c 2>&1 | grep -o 'Read-only.*'; grep -c -e ' /opt ro,nosuid,nodev' -e ' /var/task ro,nosuid,nodev' /proc/self/mountinfo",
            f => f with { LayerDirectories = [first, second] });
        Assert.Equal("firstsecondRead-only file system\n2\n", output);
    }

    [Fact]
    public async Task Assign_LargerTmp_IsThatLarge()
    {
        var (_, output) = await RunAsync("df -m --output=size /tmp | tail -1", f => f with { EphemeralStorageMb = 777 });
        Assert.Equal("777", output.Trim());
    }

    [Fact]
    public async Task Assign_FolderAboveTheCode_IsNotReached()
    {
        var (_, output) = await RunAsync("ls -d /var/task/../../root /var/task/../../work 2>&1 | grep -c 'No such file'; ls /proc/self/fd | wc -l");
        Assert.StartsWith("2\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Assign_FolderThatIsNotThere_LeavesTheBlankOneToBeEnded()
    {
        var blank = await Host.StartBlankAsync();
        await Assert.ThrowsAsync<FunctionStartException>(() => Host.AssignAsync(blank, "true", f => f with { CodeDirectory = "/none" }));
        await blank.DisposeAsync();
        Assert.Equal(9, (await blank.Exited).Signal);

        // The mounting thread goes on.
        var (_, output) = await RunAsync("cat file.txt");
        Assert.Equal("content\n", output);
    }

    [Fact]
    public async Task Assign_Ended_SaysSo()
    {
        await using var blank = await Host.StartBlankAsync();
        await blank.Frames.SendAsync("0\n"u8.ToArray());
        await blank.Exited;
        await Assert.ThrowsAsync<FunctionStartException>(() => Host.AssignAsync(blank, "true"));
    }

    [Fact]
    public async Task Assign_TwoAtOnce_KnowThemselvesOnly()
    {
        var blanks = await Task.WhenAll(Host.StartBlankAsync(), Host.StartBlankAsync());
        var running = await Task.WhenAll(blanks.Select((b, i) => Host.AssignAsync(
            b, "exec 5<>/dev/tcp/localhost/4566; cat <&5".ViaBash(), f => f with { FunctionArn = $"arn:function:{i}" }, $"instance-{i}")));
        for (var i = 0; i < running.Length; i++)
        {
            await running[i].Sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(20));
            await running[i].Sandbox.DisposeAsync();
            Assert.Equal($"instance-{i} arn:function:{i}\n", running[i].Output.Text);
        }
    }

    [Fact]
    public async Task Dispose_Blank_LeavesNothing()
    {
        var blank = await Host.StartBlankAsync();
        var folder = ControlGroup.Of(blank.ProcessId, "memory");
        Assert.Equal(2, int.Parse(await File.ReadAllTextAsync($"{ControlGroup.Of(blank.ProcessId, "cpu")}/cpu.shares")));
        var processes = await File.ReadAllLinesAsync($"{folder}/cgroup.procs");
        await blank.DisposeAsync();

        Assert.False(Directory.Exists(folder));
        await Eventually.IsTrueAsync(() => processes.All(p => !Directory.Exists($"/proc/{p}")));
    }
}
