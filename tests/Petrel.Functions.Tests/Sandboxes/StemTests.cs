using System.Buffers.Binary;
using System.Net.Sockets;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Tests.Sandboxes;

/// <summary>The first program of a sandbox, waiting for what it becomes.</summary>
public sealed class StemTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["PATH"] = "/usr/bin:/bin", ["A"] = "é=", ["EMPTY"] = "" };

    public StemTests() => Assert.SkipUnless(
        Environment.IsPrivilegedProcess && File.Exists(new Functions.Sandboxes.Launch.SandboxOptions { StateDirectory = "" }.Stem), "needs root and a compiler");

    [Fact]
    public async Task Become_Command_RunsWithExactlyItsArgumentsAndVariables()
    {
        var (sandbox, output) = await WaitingAsync();
        await using (sandbox)
        {
            await Become.SendAsync(
                sandbox.Frames!, new LaunchPlan { Command = ["/bin/sh", "-c", "pwd; cat file.txt; env | sort; echo \"$0|$1|$2\"; readlink /proc/$$/fd/3; exit 5", "", "a b", "é"] }, Variables);
            var exit = await sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal("/var/task\ncontent\nA=é=\nEMPTY=\nPATH=/usr/bin:/bin\nPWD=/var/task\n|a b|é\n/dev/null\n", output.Text);
            Assert.Equal(new SandboxExit(5, null, false), exit);
        }
    }

    [Fact]
    public async Task Become_WithTheChannel_GoesOnReadingBehindTheAssignment()
    {
        var (sandbox, _) = await WaitingAsync();
        await using (sandbox)
        {
            var plan = new LaunchPlan { Command = ["/bin/sh", "-c", "read line <&$PETREL_FD; echo got $line >&$PETREL_FD"], FrameChannel = true };
            await sandbox.Frames!.SendAsync((byte[])[.. Become.Encode(plan.Command, Variables, keepChannel: true), .. "hello\n"u8]);
            var buffer = new byte[100];
            Assert.Equal("got hello\n"u8.ToArray(), buffer[..await sandbox.Frames.ReceiveAsync(buffer)]);
        }
    }

    [Theory]
    [InlineData("/nothing/there", 127)]
    [InlineData("/etc/passwd", 126)]
    public async Task Become_WhatCannotRun_ExitsAsAShellWould(string program, int code)
    {
        var (sandbox, output) = await WaitingAsync();
        await using (sandbox)
        {
            await Become.SendAsync(sandbox.Frames!, new LaunchPlan { Command = [program] }, Variables);
            Assert.Equal(code, (await sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(20))).Code);
            Assert.Contains(program, output.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0x03, 1 << 24)]
    [InlineData(0x02, 100)]
    [InlineData(0x03, 3)]
    public async Task Become_Malformed_EndsIt(byte kind, int length)
    {
        var (sandbox, _) = await WaitingAsync();
        await using (sandbox)
        {
            var frame = new byte[104];
            BinaryPrimitives.WriteInt32LittleEndian(frame, length);
            frame[4] = kind;
            await sandbox.Frames!.SendAsync(frame);
            Assert.Equal(126, (await sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(20))).Code);
        }
    }

    [Fact]
    public async Task Wait_ChannelEnds_EndsIt()
    {
        var (sandbox, _) = await WaitingAsync();
        await using (sandbox)
        {
            sandbox.Frames!.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, (await sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(20))).Code);
        }
    }

    [Fact]
    public void Encode_VariableWithNul_IsRefused() =>
        Assert.Throws<FunctionStartException>(() => Become.Encode(["/bin/true"], new Dictionary<string, string> { ["X"] = "a\0LD_PRELOAD=b" }, false));

    /// <summary>A sandbox whose first program has said that it waits.</summary>
    private static async Task<(ISandbox Sandbox, CollectingOutput Output)> WaitingAsync()
    {
        var (sandbox, output) = await SandboxHost.Shared.StartAsync("", plan: p => p with { Command = [], Waits = true, FrameChannel = true });
        var frame = new byte[6];
        Assert.Equal(5, await sandbox.Frames!.ReceiveAsync(frame).WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal<byte[]>([1, 0, 0, 0, 0x10, 0], frame);
        return (sandbox, output);
    }
}
