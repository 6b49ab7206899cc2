using System.Net;
using System.Net.Sockets;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Tests.Sandboxes;

/// <summary>Sandboxes of a daemon that is not root: less is enforced, and it says so.</summary>
public sealed class UnprivilegedTests
{
    [Fact]
    public async Task Start_WithoutRoot_ReachesThePlatformAndNothingElse()
    {
        await using var host = new SandboxHost(privileged: false);
        Assert.Equal((false, 0, false, SandboxNetwork.Platform),
            (host.Launcher.Capabilities.Root, host.Launcher.Capabilities.Cgroups, host.Launcher.Capabilities.DistinctUsers, host.Launcher.Capabilities.Network));
        Assert.Equal(3, host.Launcher.Capabilities.Problems.Count);

        var (exit, output) = await host.RunAsync(
            "cat /dev/tcp 2>/dev/null; id -un; exec 5<>/dev/tcp/localhost/4566; cat <&5; (exec 6<>/dev/tcp/1.1.1.1/443) 2>&1 | grep -o unreachable | head -1; ls /root 2>&1".ViaBash());
        Assert.Equal(
            "sbx_user1051\ntest arn:aws:lambda:us-east-1:000000000000:function:hostile\nunreachable\nls: cannot access '/root': No such file or directory\n", output);
        Assert.Equal(2, exit.Code);
    }

    [Fact]
    public async Task Listen_WithoutRoot_AcceptsConnections()
    {
        await using var host = new SandboxHost(privileged: false);
        var endPoint = new IPEndPoint(IPAddress.Loopback, 9001);
        var (sandbox, output) = await host.StartAsync(
            "exec 5<>/dev/tcp/127.0.0.1/9001; cat <&5".ViaBash(), plan: p => p with { Listen = [endPoint] });
        await using (sandbox)
        {
            using (var connection = await sandbox.Listener(endPoint).AcceptAsync())
            {
                await connection.SendAsync("hello"u8.ToArray());
            }

            await sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal("hello", output.Text);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OpenSocket_OfEitherDaemon_ReachesWhatListensInside(bool privileged)
    {
        await using var host = new SandboxHost(privileged);
        var (sandbox, _) = await host.StartAsync("exec python3 -m http.server 8080");
        await using (sandbox)
        {
            using var connection = await ConnectAsync(sandbox, new IPEndPoint(IPAddress.Loopback, 8080));
            await connection.SendAsync("GET /file.txt HTTP/1.0\r\n\r\n"u8.ToArray());
            using var answer = new StreamReader(new NetworkStream(connection));
            Assert.EndsWith("content\n", await answer.ReadToEndAsync());
        }
    }

    private static async Task<Socket> ConnectAsync(ISandbox sandbox, IPEndPoint endPoint)
    {
        while (true)
        {
            var socket = await sandbox.OpenSocketAsync(AddressFamily.InterNetwork);
            try
            {
                await socket.ConnectAsync(endPoint);
                return socket;
            }
            catch (SocketException) when (!sandbox.Exited.IsCompleted)
            {
                socket.Dispose(); // It does not listen yet.
            }
        }
    }
}
