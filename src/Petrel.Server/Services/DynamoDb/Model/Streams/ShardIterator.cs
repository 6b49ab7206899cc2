using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Petrel.Server.Services.DynamoDb.Model.Streams;

/// <summary>
/// Where a reader goes on. The text holds all of it, so that it is as good after a restart: the stream's ARN, by which access to it is
/// decided, then the shard, the position and the time of issue.
/// </summary>
/// <param name="After">The position after which to read.</param>
internal sealed record ShardIterator(string StreamArn, int Shard, ulong After, DateTimeOffset IssuedAt)
{
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(15);

    private const string Separator = "|1|";
    private const int Bytes = 20;

    public bool IsExpired(DateTimeOffset now) => now - IssuedAt > Validity;

    /// <summary>The ARN in front, as far as the text has one; says nothing about whether the rest is an iterator.</summary>
    public static string ArnOf(string text) => text.IndexOf(Separator, StringComparison.Ordinal) is > 0 and var end ? text[..end] : text;

    public static bool TryParse(string text, [NotNullWhen(true)] out ShardIterator? iterator)
    {
        iterator = null;
        var end = text.IndexOf(Separator, StringComparison.Ordinal);
        Span<byte> bytes = stackalloc byte[Bytes];
        if (end <= 0 || !TryDecode(text.AsSpan(end + Separator.Length), bytes))
        {
            return false;
        }

        var issued = BinaryPrimitives.ReadInt64BigEndian(bytes[12..]);
        if (issued is < 0 or > 253_402_300_799_999)
        {
            return false;
        }

        iterator = new ShardIterator(
            text[..end],
            BinaryPrimitives.ReadInt32BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[4..]),
            DateTimeOffset.FromUnixTimeMilliseconds(issued));
        return true;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt32BigEndian(bytes, Shard);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[4..], After);
        BinaryPrimitives.WriteInt64BigEndian(bytes[12..], IssuedAt.ToUnixTimeMilliseconds());
        return StreamArn + Separator + Base64Url.EncodeToString(bytes);
    }

    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes) =>
        text.Length == Base64Url.GetEncodedLength(Bytes) && Base64Url.IsValid(text)
        && Base64Url.TryDecodeFromChars(text, bytes, out var written) && written == Bytes;
}
