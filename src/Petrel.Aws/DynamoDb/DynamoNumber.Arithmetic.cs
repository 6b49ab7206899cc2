using System.Numerics;

namespace Petrel.Aws.DynamoDb;

public readonly partial struct DynamoNumber
{
    /// <summary>The exact sum; where it has no form as a number of the service, <paramref name="problem"/> is the service's message.</summary>
    public static bool TryAdd(DynamoNumber left, DynamoNumber right, out DynamoNumber sum, out string? problem)
    {
        problem = null;
        if (left.IsZero || right.IsZero)
        {
            sum = left.IsZero ? right : left;
            return true;
        }

        if (left._exponent == right._exponent && (left._digits | right._digits) <= ulong.MaxValue)
        {
            var total = left.Signed() + right.Signed();
            sum = Normal(Int128.IsNegative(total), (UInt128)Int128.Abs(total), left._exponent);
            return Fits(sum, out problem);
        }

        return TryAddLarge(left, right, out sum, out problem);
    }

    public static bool TrySubtract(DynamoNumber left, DynamoNumber right, out DynamoNumber difference, out string? problem) =>
        TryAdd(left, -right, out difference, out problem);

    private Int128 Signed() => _isNegative ? -(Int128)_digits : (Int128)_digits;

    private static bool TryAddLarge(DynamoNumber left, DynamoNumber right, out DynamoNumber sum, out string? problem)
    {
        var exponent = Math.Min(left._exponent, right._exponent);
        var total = ((BigInteger)left.Signed() * BigInteger.Pow(10, left._exponent - exponent))
            + ((BigInteger)right.Signed() * BigInteger.Pow(10, right._exponent - exponent));
        var isNegative = total.Sign < 0;
        total = BigInteger.Abs(total);
        while (!total.IsZero)
        {
            var quotient = BigInteger.DivRem(total, 10, out var remainder);
            if (!remainder.IsZero)
            {
                break;
            }

            (total, exponent) = (quotient, (short)(exponent + 1));
        }

        if (total >= (BigInteger)PowersOfTen.Get(MaxDigits))
        {
            (sum, problem) = (default, TooManyDigits);
            return false;
        }

        sum = Normal(isNegative, (UInt128)total, exponent);
        return Fits(sum, out problem);
    }

    private static bool Fits(DynamoNumber number, out string? problem)
    {
        problem = number.Magnitude > MaxMagnitude ? Overflow : number.Magnitude < MinMagnitude ? Underflow : null;
        return problem is null;
    }
}
