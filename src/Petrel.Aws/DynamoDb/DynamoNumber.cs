using System.Diagnostics.CodeAnalysis;

namespace Petrel.Aws.DynamoDb;

/// <summary>
/// An exact decimal number of at most 38 significant digits and a magnitude of 1E-130 to 9.99…E125, as the service's documentation of data
/// types gives them. Zero has one form, and no other number ends in a zero digit, so that equal numbers are equal field by field.
/// </summary>
public readonly partial struct DynamoNumber : IEquatable<DynamoNumber>, IComparable<DynamoNumber>
{
    public const int MaxDigits = 38;
    public const int MaxMagnitude = 125;
    public const int MinMagnitude = -130;

    private readonly UInt128 _digits;
    private readonly short _exponent;
    private readonly bool _isNegative;

    private DynamoNumber(bool isNegative, UInt128 digits, int exponent)
    {
        _isNegative = isNegative;
        _digits = digits;
        _exponent = (short)exponent;
    }

    public static DynamoNumber Zero => default;

    public bool IsZero => _digits == UInt128.Zero;

    public bool IsNegative => _isNegative;

    /// <summary>The significant digits as a whole number; its last digit is not zero.</summary>
    public UInt128 Digits => _digits;

    /// <summary>The power of ten by which <see cref="Digits"/> is multiplied.</summary>
    public int Exponent => _exponent;

    /// <summary>The power of ten of the first digit: 2 for 345.</summary>
    public int Magnitude => IsZero ? 0 : _exponent + PowersOfTen.CountDigits(_digits) - 1;

    public static DynamoNumber Of(long value)
    {
        var digits = (UInt128)(value < 0 ? (ulong)-(value + 1) + 1 : (ulong)value);
        return Normal(value < 0, digits, 0);
    }

    /// <summary>Takes the parts of a number as <see cref="Digits"/> and <see cref="Magnitude"/> gave them.</summary>
    public static DynamoNumber FromMagnitude(bool isNegative, UInt128 digits, int magnitude) =>
        new(isNegative, digits, magnitude - PowersOfTen.CountDigits(digits) + 1);

    public static bool operator ==(DynamoNumber left, DynamoNumber right) => left.Equals(right);

    public static bool operator !=(DynamoNumber left, DynamoNumber right) => !left.Equals(right);

    public static bool operator <(DynamoNumber left, DynamoNumber right) => left.CompareTo(right) < 0;

    public static bool operator >(DynamoNumber left, DynamoNumber right) => left.CompareTo(right) > 0;

    public static bool operator <=(DynamoNumber left, DynamoNumber right) => left.CompareTo(right) <= 0;

    public static bool operator >=(DynamoNumber left, DynamoNumber right) => left.CompareTo(right) >= 0;

    public static DynamoNumber operator -(DynamoNumber number) => new(!number._isNegative && !number.IsZero, number._digits, number._exponent);

    public bool Equals(DynamoNumber other) =>
        _digits == other._digits && _exponent == other._exponent && _isNegative == other._isNegative;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is DynamoNumber other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_digits, _exponent, _isNegative);

    public int CompareTo(DynamoNumber other)
    {
        if (_isNegative != other._isNegative)
        {
            return _isNegative ? -1 : 1;
        }

        var size = CompareSize(other);
        return _isNegative ? -size : size;
    }

    /// <summary>The number in plain decimal notation, as the service writes it: without an exponent, whatever the magnitude.</summary>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxTextBytes];
        return System.Text.Encoding.ASCII.GetString(text[..Format(text)]);
    }

    private int CompareSize(DynamoNumber other)
    {
        if (IsZero || other.IsZero)
        {
            return (IsZero ? 0 : 1) - (other.IsZero ? 0 : 1);
        }

        if (_exponent == other._exponent)
        {
            return _digits.CompareTo(other._digits);
        }

        var (count, otherCount) = (PowersOfTen.CountDigits(_digits), PowersOfTen.CountDigits(other._digits));
        var magnitudes = (_exponent + count).CompareTo(other._exponent + otherCount);
        return magnitudes != 0
            ? magnitudes
            : (_digits * PowersOfTen.Get(MaxDigits - count)).CompareTo(other._digits * PowersOfTen.Get(MaxDigits - otherCount));
    }

    /// <summary>Moves zeros at the end of the digits into the exponent.</summary>
    private static DynamoNumber Normal(bool isNegative, UInt128 digits, int exponent)
    {
        if (digits == UInt128.Zero)
        {
            return default;
        }

        while (digits > ulong.MaxValue)
        {
            var (quotient, remainder) = UInt128.DivRem(digits, 10);
            if (remainder != UInt128.Zero)
            {
                return new DynamoNumber(isNegative, digits, exponent);
            }

            (digits, exponent) = (quotient, exponent + 1);
        }

        var small = (ulong)digits;
        while (small % 10 == 0)
        {
            (small, exponent) = (small / 10, exponent + 1);
        }

        return new DynamoNumber(isNegative, small, exponent);
    }
}
