namespace Petrel.Storage;

/// <summary>The kind of a tuple's element. Elements of different kinds order by kind.</summary>
public enum KeyPartKind : byte
{
    Bytes = 1,
    String = 2,
    Int64 = 3,
    UInt64 = 4,
}

/// <summary>One element of a key's tuple; converts implicitly from what a key may hold.</summary>
public readonly struct KeyPart
{
    private readonly string? _text;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly long _number;

    private KeyPart(KeyPartKind kind, string? text, ReadOnlyMemory<byte> bytes, long number) =>
        (Kind, _text, _bytes, _number) = (kind, text, bytes, number);

    public KeyPartKind Kind { get; }

    public string Text => Kind == KeyPartKind.String ? _text! : throw WrongKind(KeyPartKind.String);

    public ReadOnlyMemory<byte> Bytes => Kind == KeyPartKind.Bytes ? _bytes : throw WrongKind(KeyPartKind.Bytes);

    public long Int64 => Kind == KeyPartKind.Int64 ? _number : throw WrongKind(KeyPartKind.Int64);

    public ulong UInt64 => Kind == KeyPartKind.UInt64 ? (ulong)_number : throw WrongKind(KeyPartKind.UInt64);

    public static implicit operator KeyPart(string value) => new(KeyPartKind.String, value, default, 0);

    public static implicit operator KeyPart(long value) => new(KeyPartKind.Int64, null, default, value);

    public static implicit operator KeyPart(ulong value) => new(KeyPartKind.UInt64, null, default, (long)value);

    public static implicit operator KeyPart(ReadOnlyMemory<byte> value) => new(KeyPartKind.Bytes, null, value, 0);

    public static implicit operator KeyPart(byte[] value) => new(KeyPartKind.Bytes, null, value, 0);

    private InvalidOperationException WrongKind(KeyPartKind asked) => new($"The key part is {Kind}, not {asked}.");
}
