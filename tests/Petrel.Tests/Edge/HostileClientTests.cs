using System.Net.Sockets;
using System.Text;
using Petrel.Server.Settings;

namespace Petrel.Tests.Edge;

/// <summary>Clients that are slow, or that speak no HTTP: an answer or an end, never a hang and never a 5xx.</summary>
public sealed class HostileClientTests : IAsyncLifetime
{
    private EdgeHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await EdgeHost.StartAsync(
        new EdgeOptions { HeaderTimeoutSeconds = 1, BodyGraceSeconds = 2, MinBodyBytesPerSecond = 1_000_000 });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Connection_Silent_IsClosed() => Assert.Equal("", await TalkAsync(""));

    [Fact]
    public async Task Headers_NeverEnding_Are408() => Assert.StartsWith("HTTP/1.1 408 ", await TalkAsync("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "));

    [Fact]
    public async Task Body_NeverEnding_Is408WithAReason()
    {
        var answer = await TalkAsync("POST /2020/things HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"Name\":");
        Assert.StartsWith("HTTP/1.1 408 ", answer);
        Assert.Contains("The request's body came too slowly.", answer);
    }

    [Fact]
    public async Task Connect_ToAnything_Is405WithAReason() =>
        Assert.Matches("(?s)^HTTP/1.1 405 .*no proxy", await TalkAsync("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nConnection: close\r\n\r\n"));

    [Theory]
    [InlineData("NONSENSE\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n")]
    [InlineData("GET /2020/things/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: \u0001\r\n\r\n")]
    [InlineData("POST /2020/things HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n")]
    [InlineData("POST /2020/things HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("POST /2020/things HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("GET /2020/things/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /2020/things/x?Qualifier=%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001 TLS without a certificate\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")]
    public async Task Request_Malformed_IsA4xxOrAnEnd(string request)
    {
        var answer = await TalkAsync(request);
        Assert.True(!answer.StartsWith("HTTP/1.1", StringComparison.Ordinal) || answer[9] == '4', answer);
    }

    [Fact]
    public async Task Headers_TooMany_Are431() => Assert.StartsWith(
        "HTTP/1.1 431 ",
        await TalkAsync("GET / HTTP/1.1\r\nHost: localhost\r\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: v\r\n")) + "\r\n"));

    [Fact]
    public async Task Target_TooLong_Is414() =>
        Assert.StartsWith("HTTP/1.1 414 ", await TalkAsync($"GET /{new string('x', 20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n"));

    /// <summary>Sends a text and reads until the server closes.</summary>
    private async Task<string> TalkAsync(string request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_host.Endpoint.Host, _host.Endpoint.Port);
        await using var stream = new NetworkStream(socket);
        var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
            await stream.CopyToAsync(answer).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        }
        catch (IOException)
        {
            // A reset is an end too; what came before it counts.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
