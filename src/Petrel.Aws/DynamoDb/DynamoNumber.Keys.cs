namespace Petrel.Aws.DynamoDb;

public readonly partial struct DynamoNumber
{
    /// <summary>The longest key: a sign, a magnitude, 19 pairs of digits and an end.</summary>
    public const int MaxKeyBytes = 22;

    private const byte NegativeKey = 1;
    private const byte ZeroKey = 2;
    private const byte PositiveKey = 3;

    /// <summary>Bytes whose order is that of the numbers; no number's key is the beginning of another's of a negative number.</summary>
    public byte[] ToKey()
    {
        Span<byte> key = stackalloc byte[MaxKeyBytes];
        return key[..WriteKey(key)].ToArray();
    }

    /// <summary>Writes the bytes of <see cref="ToKey"/> and returns their count.</summary>
    /// <remarks>
    /// The sign, the magnitude, then the digits in pairs from the first one. Negative numbers have all of it complemented, and an end
    /// that is larger than any pair, so that -1.5 comes before -1.
    /// </remarks>
    public int WriteKey(Span<byte> output)
    {
        if (IsZero)
        {
            output[0] = ZeroKey;
            return 1;
        }

        Span<byte> digits = stackalloc byte[MaxDigits + 2];
        var count = WriteDigits(digits);
        digits[count] = (byte)'0';
        output[0] = _isNegative ? NegativeKey : PositiveKey;
        output[1] = Complement((byte)(_exponent + count - 1 - MinMagnitude));
        var length = 2;
        for (var i = 0; i < count; i += 2)
        {
            output[length++] = Complement((byte)(((digits[i] - '0') * 10) + (digits[i + 1] - '0') + 1));
        }

        if (_isNegative)
        {
            output[length++] = byte.MaxValue;
        }

        return length;
    }

    private byte Complement(byte value) => _isNegative ? (byte)(byte.MaxValue - value) : value;
}
