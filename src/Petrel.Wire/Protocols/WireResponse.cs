using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Petrel.Wire.EventStream;
using Petrel.Wire.Json;

namespace Petrel.Wire.Protocols;

/// <summary>
/// An answer in the making: the codecs write status, headers and body, the server sends them. The body is one of: bytes in
/// <see cref="Buffer"/>, <see cref="Payload"/>, <see cref="Stream"/>, <see cref="Events"/>.
/// </summary>
public sealed class WireResponse(IHeaderDictionary headers, string requestId) : IDisposable
{
    private PooledBuffer? _buffer;
    private Utf8JsonWriter? _json;

    public int Status { get; set; } = 200;

    public string RequestId { get; } = requestId;

    public IHeaderDictionary Headers { get; } = headers;

    /// <summary>Bytes of a payload member, sent as they are.</summary>
    public ReadOnlyMemory<byte> Payload { get; set; }

    public Stream? Stream { get; set; }

    public EventSequence? Events { get; set; }

    /// <summary>What the codec has written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer?.Written ?? Payload;

    internal PooledBuffer Buffer => _buffer ??= new PooledBuffer();

    internal Utf8JsonWriter StartJson()
    {
        _json = JsonWriterCache.Rent(Buffer);
        return _json;
    }

    internal void FinishJson()
    {
        _json!.Flush();
        JsonWriterCache.Return(_json);
        _json = null;
    }

    /// <summary>Forgets what has been written, so that an error can take its place.</summary>
    public void Reset()
    {
        _buffer?.Clear();
        Payload = default;
        Stream = null;
        Events = null;
        Status = 200;
    }

    public void Dispose() => _buffer?.Dispose();
}
