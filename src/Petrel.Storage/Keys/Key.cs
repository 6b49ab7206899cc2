using System.Diagnostics;

namespace Petrel.Storage;

/// <summary>
/// A key: bytes whose order is the store's order. Keys are made from tuples by <see cref="Subspace"/>, so that the order of bytes is the
/// order of the tuples' elements.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct Key(ReadOnlyMemory<byte> bytes) : IEquatable<Key>, IComparable<Key>
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public ReadOnlySpan<byte> Span => Bytes.Span;

    /// <summary>The first key after this one.</summary>
    public Key Next()
    {
        var next = new byte[Bytes.Length + 1];
        Bytes.Span.CopyTo(next);
        return new Key(next);
    }

    public bool StartsWith(Key prefix) => Span.StartsWith(prefix.Span);

    public bool Equals(Key other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is Key other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public int CompareTo(Key other) => Span.SequenceCompareTo(other.Span);

    public override string ToString() => Convert.ToHexStringLower(Span);

    public static bool operator ==(Key left, Key right) => left.Equals(right);

    public static bool operator !=(Key left, Key right) => !left.Equals(right);

    public static bool operator <(Key left, Key right) => left.CompareTo(right) < 0;

    public static bool operator >(Key left, Key right) => left.CompareTo(right) > 0;

    public static bool operator <=(Key left, Key right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Key left, Key right) => left.CompareTo(right) >= 0;
}

/// <summary>A half-open range of keys: from <see cref="Begin"/> up to, but without, <see cref="End"/>.</summary>
public readonly record struct KeyRange(Key Begin, Key End)
{
    public bool Contains(Key key) => key >= Begin && key < End;

    public bool IsEmpty => Begin >= End;

    /// <summary>The same range, beginning right after <paramref name="key"/>: the next page of a forward scan.</summary>
    public KeyRange After(Key key) => this with { Begin = key.Next() };

    /// <summary>The same range, ending right before <paramref name="key"/>: the next page of a reverse scan.</summary>
    public KeyRange Before(Key key) => this with { End = key };
}
