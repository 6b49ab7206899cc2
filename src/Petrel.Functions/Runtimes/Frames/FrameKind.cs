namespace Petrel.Functions.Runtimes.Frames;

/// <summary>The kinds of frames, as docs/frames.md numbers them.</summary>
internal enum FrameKind : byte
{
    Init = 0x01,
    Invoke = 0x02,
    Become = 0x03,
    Waiting = 0x10,
    Ready = 0x11,
    InitError = 0x12,
    Response = 0x13,
    Error = 0x14,
    StreamStart = 0x15,
    StreamChunk = 0x16,
    StreamEnd = 0x17,
    Fatal = 0x18,
    TooLarge = 0x19,
}

/// <summary>A frame that was received.</summary>
/// <param name="Body">Valid until the next frame is received, unless <paramref name="Owned"/>.</param>
/// <param name="LengthBytes">The body's length; of one that was longer than allowed, and dropped, what it would have been.</param>
/// <param name="Owned">The body is an array of its own.</param>
internal readonly record struct Frame(FrameKind Kind, ReadOnlyMemory<byte> Body, long LengthBytes, bool Owned)
{
    /// <summary>The body was longer than allowed and has been dropped.</summary>
    public bool Dropped => Body.Length != LengthBytes;

    /// <summary>The body as memory that stays.</summary>
    public ReadOnlyMemory<byte> Keep() => Owned || Body.IsEmpty ? Body : Body.ToArray();
}
