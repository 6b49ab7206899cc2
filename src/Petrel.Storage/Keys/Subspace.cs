namespace Petrel.Storage;

/// <summary>
/// All keys that begin with one tuple. A Store class (the only place that knows keys) holds a few of these and makes its keys from them:
/// <c>Functions.Key(account, region, name)</c>, <c>Functions.Range(account, region)</c>.
/// </summary>
public sealed class Subspace
{
    public Subspace(params ReadOnlySpan<KeyPart> prefix) => Prefix = new Key(TupleCodec.Encode(default, prefix));

    private Subspace(Key prefix) => Prefix = prefix;

    public Key Prefix { get; }

    /// <summary>The key of a tuple in this subspace.</summary>
    public Key Key(params ReadOnlySpan<KeyPart> parts) => new(TupleCodec.Encode(Prefix.Span, parts));

    /// <summary>All keys whose tuple begins with <paramref name="parts"/> and has at least one more element.</summary>
    public KeyRange Range(params ReadOnlySpan<KeyPart> parts)
    {
        var begin = TupleCodec.Encode(Prefix.Span, parts);
        return new KeyRange(new Key(begin), new Key(TupleCodec.RangeEnd(begin)));
    }

    /// <summary>The subspace below <paramref name="parts"/>.</summary>
    public Subspace Sub(params ReadOnlySpan<KeyPart> parts) => new(Key(parts));

    /// <summary>The elements of a key after this subspace's prefix.</summary>
    public KeyPart[] Unpack(Key key) => key.StartsWith(Prefix)
        ? TupleCodec.Decode(key.Bytes[Prefix.Bytes.Length..])
        : throw new ArgumentException($"Key {key} is not in the subspace {Prefix}.", nameof(key));
}
