using System.Text.Json;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Records as bytes: one of the format's version, then JSON in which members without value are left out.</summary>
internal static class RecordCodec
{
    private const byte Format = 1;

    private static readonly JsonSerializerOptions Json = RecordJson.Default.Options;

    public static ReadOnlyMemory<byte> Encode<T>(T record)
    {
        using var stream = new MemoryStream();
        stream.WriteByte(Format);
        JsonSerializer.Serialize(stream, record, Json);
        return stream.GetBuffer().AsMemory(0, (int)stream.Length);
    }

    public static T Decode<T>(ReadOnlyMemory<byte> bytes) => bytes.Span[0] == Format
        ? JsonSerializer.Deserialize<T>(bytes.Span[1..], Json)!
        : throw new InvalidDataException($"A {typeof(T).Name} has format {bytes.Span[0]}, which a newer version of Petrel wrote.");

    public static async ValueTask<T?> GetAsync<T>(this Storage.IReadTransaction tx, Storage.Key key)
        where T : class =>
        await tx.GetAsync(key) is { } bytes ? Decode<T>(bytes) : null;

    public static void Put<T>(this Storage.IWriteTransaction tx, Storage.Key key, T record)
        where T : class =>
        tx.Put(key, Encode(record));
}
