using System.Net;
using System.Net.Sockets;
using System.Text;
using Petrel.Functions.Sandboxes;

using Petrel.Testing;

namespace Petrel.Functions.Tests.Sandboxes;

/// <summary>What a hostile function can see and do.</summary>
public class IsolationTests
{
    public IsolationTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "what needs root is not enforced without it");

    private static SandboxHost Host => SandboxHost.Shared;

    /// <summary>Runs a shell script in a function's sandbox to its end.</summary>
    private protected virtual Task<(SandboxExit Exit, string Output)> RunAsync(string script, Func<FunctionSpec, FunctionSpec>? change = null) =>
        Host.RunAsync(script, change);

    [Fact]
    public async Task Start_Script_RunsWithItsCodeAndEnvironment()
    {
        var (exit, output) = await RunAsync("pwd; cat file.txt; echo $MARK; id -u -n; hostname; exit 3");
        Assert.Equal("/var/task\ncontent\na value\nsbx_user1051\npetrel\n", output);
        Assert.Equal(new SandboxExit(3, null, false), exit);
    }

    [Fact]
    public async Task Start_Environment_HoldsWhatWasGivenOnly()
    {
        var (_, output) = await RunAsync("env | sort");
        Assert.Equal("MARK=a value\nPATH=/usr/local/bin:/usr/bin:/bin\nPWD=/var/task\n", output);
    }

    [Fact]
    public async Task Files_OfTheHost_AreNotThere()
    {
        var (_, output) = await RunAsync("ls /; ls /root /home /work /sys /run /var; cat /etc/shadow");
        Assert.Equal(["bin", "dev", "etc", "lib", "lib64", "opt", "proc", "sbin", "tmp", "usr", "var"],
            output.Split('\n').TakeWhile(l => l.Length > 0 && !l.StartsWith("ls:", StringComparison.Ordinal) && !l.StartsWith('/')));
        Assert.Contains("cannot access '/root'", output, StringComparison.Ordinal);
        Assert.Contains("/etc/shadow: No such file", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_OutsideTmp_CannotBeWritten()
    {
        var (_, output) = await RunAsync(
            "for d in /var/task /usr /etc /opt / /dev /proc/sys/kernel; do (echo x > $d/mine) 2>/dev/null && echo wrote $d; done; echo ok > /tmp/mine; cat /tmp/mine; chmod 777 /var/task 2>&1 | grep -o 'Read-only.*'");
        Assert.Equal("ok\nRead-only file system\n", output);
    }

    [Fact]
    public async Task Tmp_MoreThanItsSize_IsFull()
    {
        var (_, output) = await RunAsync("head -c 100M /dev/zero > /tmp/big; ls -s --block-size=M /tmp/big", f => f with { MemoryMb = 512 });
        Assert.Contains("No space left on device", output, StringComparison.Ordinal);
        Assert.Contains("64M /tmp/big", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processes_OfTheHost_AreNotSeen()
    {
        var (_, output) = await RunAsync("for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; echo; done | grep -v -e '^bwrap ' -e '^$' | grep -v cmdline; kill -9 -1; true");
        Assert.DoesNotContain("dotnet", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Petrel", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Privileges_OfAnyKind_AreNone()
    {
        var (_, output) = await RunAsync("grep -E '^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t'");
        Assert.Equal(
            "CapInh:0000000000000000\nCapPrm:0000000000000000\nCapEff:0000000000000000\nCapBnd:0000000000000000\nCapAmb:0000000000000000\nNoNewPrivs:1\nSeccomp:2\n",
            output);
    }

    [Fact]
    public async Task Privileges_SetuidProgram_GainsNothing()
    {
        var (_, output) = await RunAsync("test -u /usr/bin/su && echo setuid; su -c id 2>&1 | grep -c uid=0; unshare -r id 2>&1; unshare -n id 2>&1; mount -t tmpfs none /tmp 2>&1");
        Assert.StartsWith("setuid\n0\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("uid=0", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Descriptors_OfTheDaemon_AreNotInherited()
    {
        var (_, output) = await RunAsync("readlink /proc/$$/fd/*; true");
        Assert.Equal("/dev/null pipe pipe /dev/null ", string.Concat(output.Split('\n').Select(l => l.Split(':')[0] + " ")).Replace("  ", " ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Environment_ValueWithNul_IsRefused()
    {
        var spec = new SandboxSpec
        {
            InstanceId = "nul",
            Function = Host.Function(Host.Code()),
            Plan = new LaunchPlan { Command = ["/bin/true"] },
            Output = new CollectingOutput(),
            Environment = new Dictionary<string, string> { ["X"] = "a\0--bind\0/\0/host" },
        };
        await Assert.ThrowsAsync<Petrel.Functions.FunctionStartException>(() => Host.Launcher.LaunchAsync(spec));
    }

    [Fact]
    public async Task Platform_AtOwnLocalhost_KnowsTheSandbox()
    {
        var (_, output) = await RunAsync("exec 5<>/dev/tcp/localhost/4566; cat <&5".ViaBash());
        Assert.Equal("test arn:aws:lambda:us-east-1:000000000000:function:hostile\n", output);
    }

    [Fact]
    public async Task Network_HostsLoopbackServices_AreNotReached()
    {
        using var service = new Socket(SocketType.Stream, ProtocolType.Tcp);
        service.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        service.Listen();
        var port = ((IPEndPoint)service.LocalEndPoint!).Port;
        var addresses = Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork).Select(a => a.ToString())
            .Append("127.0.0.1").Append("192.0.2.2").Append("$(ip -4 route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p')");
        var (_, output) = await RunAsync(
            string.Join('\n', addresses.Select(a => $"timeout 2 bash -c 'exec 5<>/dev/tcp/'{a}'/{port}' 2>/dev/null && echo reached {a}")) + "\necho done");
        Assert.Equal("done\n", output);
    }

    [Theory]
    [InlineData("169.254.169.254", 80)]
    [InlineData("169.254.170.2", 80)]
    [InlineData("10.0.0.1", 443)]
    [InlineData("192.168.0.1", 80)]
    [InlineData("198.18.0.1", 80)]
    public async Task Network_CloserAddresses_AreRefused(string address, int port)
    {
        var (_, output) = await RunAsync($"timeout 5 bash -c 'exec 5<>/dev/tcp/{address}/{port}' 2>&1 | grep -o -e 'No route to host' -e 'Connection refused' -e unreachable | head -1; echo done");
        Assert.DoesNotContain("reached", output, StringComparison.Ordinal);
        Assert.EndsWith("done\n", output, StringComparison.Ordinal);
        Assert.NotEqual("done\n", output); // refused at once, not timed out
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(300)] // less than memory and /tmp together
    public async Task Memory_MoreThanTheLimit_IsKilledAndSaidSo(int megabytes)
    {
        var (exit, output) = await RunAsync($"exec perl -e '$x = \"x\" x ({megabytes} << 20); sleep 20; print \"survived\"'", f => f with { EphemeralStorageMb = 512 });
        Assert.Equal(new SandboxExit(137, 9, true), exit);
        Assert.Equal("", output.Replace("Killed\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Memory_FilesInTmp_DoNotCount()
    {
        var (exit, output) = await RunAsync(
            "for i in 1 2 3 4; do head -c 100M /dev/zero > /tmp/$i; done; perl -e '$x = \"x\" x (50 << 20); print length $x'; du -sm /tmp", f => f with { EphemeralStorageMb = 512 });
        Assert.Equal("52428800400\t/tmp\n", output);
        Assert.Equal(new SandboxExit(0, null, false), exit);
    }

    [Fact]
    public async Task Processes_MoreThanTheLimit_CannotBeMade()
    {
        var (sandbox, output) = await Host.StartAsync("(while :; do sleep 600 & done); echo refused; read wait <&3", f => f with { MemoryMb = 1024 }, p => p with { FrameChannel = true });
        await using (sandbox)
        {
            await Eventually.IsTrueAsync(() => output.Text.Contains("refused", StringComparison.Ordinal));
            Assert.Contains("Cannot fork", output.Text, StringComparison.Ordinal);
            Assert.InRange(int.Parse(await File.ReadAllTextAsync($"{ControlGroup.Of(sandbox.ProcessId, "pids")}/pids.max")), 1, 1024);
        }
    }

    [Fact]
    public async Task Output_OfAMillionLines_ArrivesWhole()
    {
        var (sandbox, output) = await Host.StartAsync("yes 0123456789012345678901234567890123456789 | head -n 1000000");
        await using (sandbox)
        {
            await sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(41_000_000, output.Length);
        }
    }

    [Fact]
    public async Task Frames_WrittenInside_ArriveOutside()
    {
        var (sandbox, _) = await Host.StartAsync("read line <&$PETREL_FD; echo got $line >&$PETREL_FD", plan: p => p with { FrameChannel = true });
        await using (sandbox)
        {
            await sandbox.Frames!.SendAsync("hello\n"u8.ToArray());
            var buffer = new byte[100];
            var count = await sandbox.Frames.ReceiveAsync(buffer);
            Assert.Equal("got hello\n", Encoding.ASCII.GetString(buffer, 0, count));
        }
    }

    [Fact]
    public async Task Listen_InsideBeforeStart_AcceptsConnections()
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, 9001);
        var (sandbox, output) = await Host.StartAsync(
            "exec 5<>/dev/tcp/127.0.0.1/9001; cat <&5".ViaBash(), plan: p => p with { Listen = [endPoint] });
        await using (sandbox)
        {
            using (var connection = await sandbox.Listener(endPoint).AcceptAsync())
            {
                await connection.SendAsync("from the runtime interface"u8.ToArray());
            }

            await sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal("from the runtime interface", output.Text);
        }
    }
}

internal static class ScriptExtensions
{
    public static string ViaBash(this string script) => $"exec bash -c '{script}'";
}
