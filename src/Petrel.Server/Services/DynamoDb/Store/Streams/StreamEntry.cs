using System.Buffers.Binary;
using System.Text;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store.Items;

namespace Petrel.Server.Services.DynamoDb.Store.Streams;

/// <summary>A change as a stream keeps it: what its view shows, in the stored form of items.</summary>
/// <param name="Name"><c>INSERT</c>, <c>MODIFY</c> or <c>REMOVE</c>.</param>
internal sealed record StreamEntry(string Name, string View, EncodedItem Keys, EncodedItem? New, EncodedItem? Old, ItemWriterIdentity? Writer)
{
    private const byte Format = 1;
    private const int HeaderBytes = 3;
    private const int LengthBytes = sizeof(int);

    private static readonly string[] Names = ["INSERT", "MODIFY", "REMOVE"];
    private static readonly string[] Views = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"];

    /// <summary>Of the keys and of the images that are there, as the service counts it.</summary>
    public int SizeBytes => Keys.SizeBytes + (New?.SizeBytes ?? 0) + (Old?.SizeBytes ?? 0);

    /// <summary>The bytes of a change: format, name, view; then keys, new and old image and who changed it, each after its length.</summary>
    public static byte[] Encode(StreamState stream, in ItemChange change)
    {
        var view = Array.IndexOf(Views, stream.View);
        var keys = ItemCodec.Encode(KeysOf(change.Table.Keys, (change.New ?? change.Old)!));
        var newImage = stream.View is "NEW_IMAGE" or "NEW_AND_OLD_IMAGES" ? change.New?.Bytes ?? default : default;
        var oldImage = stream.View is "OLD_IMAGE" or "NEW_AND_OLD_IMAGES" ? change.Old?.Bytes ?? default : default;
        var writer = change.Writer is { } identity ? Encoding.UTF8.GetBytes($"{identity.Type}\n{identity.PrincipalId}") : [];
        var bytes = new byte[HeaderBytes + (4 * LengthBytes) + keys.Length + newImage.Length + oldImage.Length + writer.Length];
        (bytes[0], bytes[1], bytes[2]) = (Format, (byte)(change.Old is null ? 0 : change.New is null ? 2 : 1), (byte)view);
        var rest = bytes.AsSpan(HeaderBytes);
        rest = Put(rest, keys);
        rest = Put(rest, newImage.Span);
        rest = Put(rest, oldImage.Span);
        Put(rest, writer);
        return bytes;
    }

    public static StreamEntry Decode(ReadOnlyMemory<byte> bytes)
    {
        var header = bytes.Span;
        if (header[0] != Format)
        {
            throw new InvalidDataException($"A stream's record has format {header[0]}, which a newer version of Petrel wrote.");
        }

        var (name, view) = (Names[header[1]], Views[header[2]]);
        var rest = bytes[HeaderBytes..];
        var keys = Take(ref rest);
        var newImage = Take(ref rest);
        var oldImage = Take(ref rest);
        var writer = Encoding.UTF8.GetString(Take(ref rest).Span).Split('\n');
        return new StreamEntry(
            name,
            view,
            ItemCodec.Decode(keys),
            newImage.IsEmpty ? null : ItemCodec.Decode(newImage),
            oldImage.IsEmpty ? null : ItemCodec.Decode(oldImage),
            writer is [var type, var principal] ? new ItemWriterIdentity(type, principal) : null);
    }

    private static AttributeMap KeysOf(KeySchema keys, AttributeMap item) => keys.Sort is { } sort
        ? AttributeMap.Of((keys.Partition.Name, item[keys.Partition.Name]), (sort.Name, item[sort.Name]))
        : AttributeMap.Of((keys.Partition.Name, item[keys.Partition.Name]));

    private static Span<byte> Put(Span<byte> into, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteInt32LittleEndian(into, part.Length);
        part.CopyTo(into[LengthBytes..]);
        return into[(LengthBytes + part.Length)..];
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> from)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(from.Span);
        var part = from.Slice(LengthBytes, length);
        from = from[(LengthBytes + length)..];
        return part;
    }
}
