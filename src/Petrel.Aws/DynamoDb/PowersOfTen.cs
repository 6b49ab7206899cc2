namespace Petrel.Aws.DynamoDb;

/// <summary>Powers of ten up to 10^38, the largest that 128 bits hold.</summary>
internal static class PowersOfTen
{
    private static readonly UInt128[] Powers = Make();

    public static UInt128 Get(int exponent) => Powers[exponent];

    /// <summary>The decimal digits of a number; 1 for zero.</summary>
    public static int CountDigits(UInt128 number)
    {
        var bits = 128 - (int)UInt128.LeadingZeroCount(number);
        // log10(2) as a fraction: the estimate is never too large, and at most one too small.
        var estimate = (bits * 1233) >> 12;
        return estimate < Powers.Length && number >= Powers[estimate] ? estimate + 1 : Math.Max(estimate, 1);
    }

    private static UInt128[] Make()
    {
        var powers = new UInt128[39];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }

        return powers;
    }
}
