using System.Text;
using CsCheck;
using Petrel.Functions.Runtimes.Http;

namespace Petrel.Functions.Tests.Http;

/// <summary>What programs answer, byte by byte: the daemon reads it itself, so nothing of it is taken for granted.</summary>
public sealed class AnswerFormTests
{
    private static readonly Gen<(byte[][] Chunks, int[] Pieces)> Chunked = Gen.Select(Gen.Byte.Array[1, 40].Array[0, 8], Gen.Int[1, 30].Array[1, 60]);

    [Fact]
    public void Chunks_InAnyPieces_GiveTheirBytes() => Chunked.Sample(sample =>
    {
        var wire = new List<byte>();
        foreach (var chunk in sample.Chunks)
        {
            wire.AddRange(Encoding.ASCII.GetBytes($"{chunk.Length:X};extension=1\r\n"));
            wire.AddRange(chunk);
            wire.AddRange("\r\n"u8);
        }

        wire.AddRange("0\r\nTrailer: x\r\n\r\n"u8);
        var (body, left) = Read("Transfer-Encoding: chunked", wire, sample.Pieces);
        return body!.SequenceEqual(sample.Chunks.SelectMany(c => c)) && left == 0;
    });

    [Fact]
    public void Length_InAnyPieces_EndsTheBody() => Chunked.Sample(sample =>
    {
        var content = sample.Chunks.SelectMany(c => c).ToList();
        var (body, left) = Read($"Content-Length: {content.Count}", [.. content, .. "next"u8], sample.Pieces);
        return body!.SequenceEqual(content) && left <= 4;
    });

    [Fact]
    public void Bytes_OfAnyKind_AreABodyOrRefused() => Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[1, 30].Array[1, 60]).Sample((bytes, pieces) =>
    {
        try
        {
            var (body, _) = Read("Transfer-Encoding: chunked", [.. bytes], pieces);
            return body is null || body.Count < bytes.Length;
        }
        catch (WorkerProtocolException)
        {
            return true;
        }
    });

    [Fact]
    public void Head_WithBytesChanged_IsReadOrRefused() => Gen.Select(Gen.Int[0, 60], Gen.Byte, Gen.Int[0, 60], Gen.Byte).Sample((first, one, second, two) =>
    {
        var head = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nX-A: b, c\r\nConnection: close\r\n"u8.ToArray();
        (head[first], head[second]) = (one, two);
        if (head.AsSpan(0, head.Length - 2).IndexOf("\r\n\r\n"u8) >= 0 || !head.AsSpan().EndsWith("\r\n"u8))
        {
            return; // The head would have ended there.
        }

        try
        {
            new AnswerHead().Read(head);
        }
        catch (WorkerProtocolException refused)
        {
            Assert.NotEmpty(refused.Message);
        }
    });

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-A: b\rc\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n folded\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX A: b\r\n")]
    [InlineData("HTTP/2 200\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n")]
    public void Head_ThatIsNone_IsRefused(string head) =>
        Assert.Throws<WorkerProtocolException>(() => new AnswerHead().Read(Encoding.Latin1.GetBytes(head)));

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: Close\r\n", false)]
    [InlineData("HTTP/1.0 200 OK\r\n", false)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", true)]
    public void Head_OfEitherVersion_SaysWhetherTheConnectionStays(string head, bool stays)
    {
        var read = new AnswerHead();
        read.Read(Encoding.Latin1.GetBytes(head));
        Assert.Equal((200, stays, 0), (read.Status, read.KeepAlive, read.Headers.Count));
    }

    /// <returns>The body, null when it does not end; and how many bytes were not its.</returns>
    private static (List<byte>? Body, int Left) Read(string header, List<byte> wire, int[] pieces)
    {
        var head = new AnswerHead();
        head.Read(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{header}\r\n"));
        var reader = BodyReader.For(head, isHead: false);
        var body = new List<byte>();
        var buffer = new List<byte>();
        for (var (i, at) = (0, 0); !reader.Ended && at < wire.Count; i++)
        {
            var count = Math.Min(pieces[i % pieces.Length], wire.Count - at);
            buffer.AddRange(wire.GetRange(at, count));
            at += count;
            bool taken;
            do
            {
                taken = reader.TryTake(buffer.ToArray(), out var skipped, out var length);
                body.AddRange(buffer.GetRange(skipped, length));
                buffer.RemoveRange(0, skipped + length);
            }
            while (taken);
        }

        return reader.Ended ? (body, buffer.Count) : (null, buffer.Count);
    }
}
