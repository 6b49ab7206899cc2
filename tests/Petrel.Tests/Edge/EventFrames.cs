using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Petrel.Tests.Edge;

internal sealed record EventFrame(Dictionary<string, string> Headers, byte[] Payload);

/// <summary>Takes an event stream apart and checks its checksums, independently of the code that wrote it.</summary>
internal static class EventFrames
{
    public static List<EventFrame> Read(byte[] stream)
    {
        var frames = new List<EventFrame>();
        for (var at = 0; at < stream.Length;)
        {
            var total = BinaryPrimitives.ReadInt32BigEndian(stream.AsSpan(at));
            frames.Add(ReadOne(stream.AsSpan(at, total)));
            at += total;
        }

        return frames;
    }

    private static EventFrame ReadOne(ReadOnlySpan<byte> frame)
    {
        var headersSize = BinaryPrimitives.ReadInt32BigEndian(frame[4..]);
        Assert.Equal(Crc32.HashToUInt32(frame[..8]), BinaryPrimitives.ReadUInt32BigEndian(frame[8..]));
        Assert.Equal(Crc32.HashToUInt32(frame[..^4]), BinaryPrimitives.ReadUInt32BigEndian(frame[^4..]));
        var headers = new Dictionary<string, string>();
        for (var at = 12; at < 12 + headersSize;)
        {
            var name = Encoding.UTF8.GetString(frame.Slice(at + 1, frame[at]));
            at += 1 + frame[at];
            Assert.Equal(7, frame[at]);
            var size = BinaryPrimitives.ReadUInt16BigEndian(frame[(at + 1)..]);
            headers[name] = Encoding.UTF8.GetString(frame.Slice(at + 3, size));
            at += 3 + size;
        }

        return new EventFrame(headers, frame[(12 + headersSize)..^4].ToArray());
    }
}
