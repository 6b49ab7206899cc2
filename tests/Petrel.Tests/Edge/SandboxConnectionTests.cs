using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Petrel.Functions;
using Petrel.Server.Edge;

using Petrel.Testing;

namespace Petrel.Tests.Edge;

public sealed class SandboxConnectionTests
{
    [Fact]
    public async Task Serve_MoreConnectionsThanOneSandboxMayHave_ClosesThem()
    {
        await using var host = await EdgeHost.StartAsync();
        var connections = host.Services.GetRequiredService<ISandboxConnections>();
        var greedy = new SandboxIdentity("one", "000000000000", "us-east-1", "arn:one");
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen(512);

        var clients = new List<Socket>();
        for (var i = 0; i < SandboxConnections.MaxConnections; i++)
        {
            clients.Add(await ConnectAsync(greedy));
        }

        using var refused = await ConnectAsync(greedy);
        Assert.Equal("", await AnswerAsync(refused));
        Assert.StartsWith("HTTP/1.1 200", await AnswerAsync(clients[0]), StringComparison.Ordinal);
        using var neighbour = await ConnectAsync(new SandboxIdentity("two", "000000000000", "us-east-1", "arn:two"));
        Assert.StartsWith("HTTP/1.1 200", await AnswerAsync(neighbour), StringComparison.Ordinal);

        clients.ForEach(c => c.Dispose());
        await Eventually.IsTrueAsync(() =>
        {
            using var again = ConnectAsync(greedy).AsTask().GetAwaiter().GetResult();
            return AnswerAsync(again).GetAwaiter().GetResult().StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        });

        async ValueTask<Socket> ConnectAsync(SandboxIdentity identity)
        {
            var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(listener.LocalEndPoint!);
            connections.Serve(await listener.AcceptAsync(), identity);
            return client;
        }
    }

    private static async Task<string> AnswerAsync(Socket client)
    {
        var buffer = new byte[1000];
        try
        {
            await client.SendAsync("GET /_petrel/health HTTP/1.1\r\nHost: localhost:4566\r\n\r\n"u8.ToArray());
            return Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer));
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
