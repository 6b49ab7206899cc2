using System.Buffers.Binary;

namespace Petrel.Storage;

/// <summary>
/// Makes keys and ranges of a subspace element by element, in a buffer of the caller, where a request makes many: the bytes are those of
/// <see cref="Subspace.Key"/>. A range may also begin or end inside an element.
/// </summary>
public ref struct TupleBuilder
{
    private readonly Span<byte> _buffer;
    private int _length;

    /// <param name="buffer">Of <see cref="TransactionLimits.MaxKeyBytes"/>, or as long as the longest key.</param>
    public TupleBuilder(Subspace subspace, Span<byte> buffer)
    {
        _buffer = buffer;
        subspace.Prefix.Span.CopyTo(buffer);
        _length = subspace.Prefix.Bytes.Length;
    }

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public void Append(ulong number)
    {
        _buffer[_length] = (byte)KeyPartKind.UInt64;
        BinaryPrimitives.WriteUInt64BigEndian(_buffer[(_length + 1)..], number);
        _length += 9;
    }

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        AppendBeginning(bytes);
        _buffer[_length++] = TupleCodec.Terminator;
    }

    /// <summary>The beginning of an element: all keys whose element begins with these bytes begin with what is written then.</summary>
    public void AppendBeginning(scoped ReadOnlySpan<byte> bytes)
    {
        _buffer[_length++] = (byte)KeyPartKind.Bytes;
        if (!bytes.Contains(TupleCodec.Terminator))
        {
            bytes.CopyTo(_buffer[_length..]);
            _length += bytes.Length;
            return;
        }

        foreach (var b in bytes)
        {
            _buffer[_length++] = b;
            if (b == TupleCodec.Terminator)
            {
                _buffer[_length++] = TupleCodec.Escaped;
            }
        }
    }

    /// <summary>The key of the elements so far.</summary>
    public readonly Key ToKey() => new(Written.ToArray());

    /// <summary>The key of the elements so far with all keys below it end here.</summary>
    public readonly Key ToEnd() => new(TupleCodec.RangeEnd(Written));

    /// <summary>Where all keys end that begin with the bytes so far, whole elements or not.</summary>
    public readonly Key ToBeginningEnd()
    {
        var end = Written.TrimEnd(byte.MaxValue).ToArray();
        end[^1]++;
        return new Key(end);
    }
}
