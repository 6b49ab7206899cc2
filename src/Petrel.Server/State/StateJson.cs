using System.Text.Json;
using System.Text.Json.Serialization;

namespace Petrel.Server.State;

/// <summary>
/// How services write their records into the store: JSON without null members, so that a record may gain optional members and older
/// values stay readable.
/// </summary>
internal static class StateJson
{
    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static byte[] Write<T>(T state) => JsonSerializer.SerializeToUtf8Bytes(state, Options);

    public static T Read<T>(ReadOnlyMemory<byte> value) where T : class =>
        JsonSerializer.Deserialize<T>(value.Span, Options) ?? throw new InvalidDataException($"A stored {typeof(T).Name} is null.");
}
