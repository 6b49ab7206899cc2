using System.Buffers.Binary;
using System.Net.Sockets;
using CsCheck;
using Petrel.Functions.Runtimes.Frames;

namespace Petrel.Functions.Tests.Runtimes.Frames;

/// <summary>Frames, however the system cuts them into pieces.</summary>
public sealed class FrameChannelTests
{
    [Fact]
    public void Receive_FramesCutAnywhere_ComeWholeAndInOrder() =>
        Gen.Select(Gen.Int[0, 40_000].Array[1, 6], Gen.Int[1, 20_000].Array[1, 8], Gen.Int)
            .Sample((lengths, cuts, seed) => ReceiveAll(lengths, cuts, seed), iter: 60);

    [Theory]
    [InlineData(10)]
    [InlineData(16 * 1024)]
    [InlineData(5_000_000)]
    public async Task Receive_LongerThanAllowed_IsDroppedAndTheNextFrameComes(int length)
    {
        var (near, far) = Pair();
        using (near)
        using (far)
        {
            var channel = new FrameChannel(near);
            var sending = SendAsync(far, [.. Encode(FrameKind.Response, new byte[length]), .. Encode(FrameKind.Ready, [7])], [length + 9]);
            var dropped = await channel.ReceiveAsync(length - 1, default);
            Assert.Equal((true, (long)length, 0), (dropped!.Value.Dropped, dropped.Value.LengthBytes, dropped.Value.Body.Length));
            var next = await channel.ReceiveAsync(length, default);
            Assert.Equal((FrameKind.Ready, 7), (next!.Value.Kind, next.Value.Body.Span[0]));
            await sending;
        }
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 0 })]
    [InlineData(new byte[] { 5, 0, 0, 0, 0x13, 1 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0x13 })]
    public async Task Receive_SocketEndsEarly_IsNothing(byte[] bytes)
    {
        var (near, far) = Pair();
        using (near)
        {
            far.Send(bytes);
            far.Dispose();
            Assert.Null(await new FrameChannel(near).ReceiveAsync(1000, default));
        }
    }

    private static void ReceiveAll(int[] lengths, int[] cuts, int seed)
    {
        var random = new Random(seed);
        var bodies = lengths.Select(length =>
        {
            var body = new byte[length];
            random.NextBytes(body);
            return body;
        }).ToArray();
        var (near, far) = Pair();
        using (near)
        using (far)
        {
            var sending = Task.Run(() => SendAsync(far, [.. bodies.SelectMany(b => Encode(FrameKind.StreamChunk, b))], cuts));
            var channel = new FrameChannel(near);
            foreach (var body in bodies)
            {
                var frame = channel.ReceiveAsync(50_000, default).AsTask().GetAwaiter().GetResult();
                Assert.Equal(body, frame!.Value.Body.ToArray());
            }

            Assert.False(channel.HasLeftOver);
            sending.GetAwaiter().GetResult();
        }
    }

    private static async Task SendAsync(Socket socket, byte[] bytes, int[] cuts)
    {
        for (int at = 0, i = 0; at < bytes.Length; i++)
        {
            at += await socket.SendAsync(bytes.AsMemory(at, Math.Min(cuts[i % cuts.Length], bytes.Length - at)));
        }
    }

    private static byte[] Encode(FrameKind kind, byte[] body)
    {
        var frame = new byte[5 + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length + 1);
        frame[4] = (byte)kind;
        body.CopyTo(frame, 5);
        return frame;
    }

    private static (Socket Near, Socket Far) Pair()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var endPoint = new UnixDomainSocketEndPoint("\0petrel-frames-" + Path.GetRandomFileName());
        listener.Bind(endPoint);
        listener.Listen();
        var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        far.Connect(endPoint);
        return (listener.Accept(), far);
    }
}
