using System.Buffers.Text;

namespace Petrel.Aws.DynamoDb;

public readonly partial struct DynamoNumber
{
    /// <summary>The longest text: a sign, a leading zero, the point, and 130 + 37 digits.</summary>
    public const int MaxTextBytes = 172;

    private const string Overflow = "Number overflow. Attempting to store a number with magnitude larger than supported range";
    private const string Underflow = "Number underflow. Attempting to store a number with magnitude smaller than supported range";
    private const string TooManyDigits = "Attempting to store more than 38 significant digits in a Number";
    private const string NotANumber = "The parameter cannot be converted to a numeric value";

    /// <summary>A number from its text.</summary>
    /// <exception cref="FormatException">The text is not a number of the service.</exception>
    public static DynamoNumber Parse(string text) =>
        TryParse(text, out var number, out var problem) ? number : throw new FormatException(problem);

    /// <summary>Reads a number; where that fails, <paramref name="problem"/> is the service's message.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DynamoNumber number, out string? problem)
    {
        if (text.Length <= 128)
        {
            Span<byte> ascii = stackalloc byte[text.Length];
            for (var i = 0; i < text.Length; i++)
            {
                ascii[i] = text[i] < 128 ? (byte)text[i] : (byte)'?';
            }

            problem = Read(ascii, out number);
        }
        else
        {
            problem = Read(System.Text.Encoding.UTF8.GetBytes(text.ToString()), out number);
        }

        problem = (object?)problem == NotANumber && text.Length > 0 ? $"{NotANumber}: {text}" : problem;
        return problem is null;
    }

    /// <summary>Reads a number from UTF-8; where that fails, <paramref name="problem"/> is the service's message.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DynamoNumber number, out string? problem)
    {
        problem = Read(text, out number);
        problem = (object?)problem == NotANumber && text.Length > 0 ? $"{NotANumber}: {System.Text.Encoding.UTF8.GetString(text)}" : problem;
        return problem is null;
    }

    /// <summary>Writes the text of <see cref="ToString"/> as ASCII and returns its length.</summary>
    /// <param name="output">At least <see cref="MaxTextBytes"/> bytes.</param>
    public int Format(Span<byte> output)
    {
        var length = 0;
        if (_isNegative)
        {
            output[length++] = (byte)'-';
        }

        Span<byte> digits = stackalloc byte[MaxDigits + 1];
        var count = WriteDigits(digits);
        var whole = count + _exponent;
        if (_exponent >= 0)
        {
            digits[..count].CopyTo(output[length..]);
            output.Slice(length + count, _exponent).Fill((byte)'0');
            return length + whole;
        }

        if (whole > 0)
        {
            digits[..whole].CopyTo(output[length..]);
            output[length + whole] = (byte)'.';
            digits[whole..count].CopyTo(output[(length + whole + 1)..]);
            return length + count + 1;
        }

        output[length++] = (byte)'0';
        output[length++] = (byte)'.';
        output.Slice(length, -whole).Fill((byte)'0');
        digits[..count].CopyTo(output[(length - whole)..]);
        return length - whole + count;
    }

    private int WriteDigits(Span<byte> output)
    {
        if (_digits <= ulong.MaxValue)
        {
            Utf8Formatter.TryFormat((ulong)_digits, output, out var written);
            return written;
        }

        _digits.TryFormat(output, out var length);
        return length;
    }

    /// <summary>The grammar is that of Java's BigDecimal: a sign, digits with at most one point, an exponent.</summary>
    private static string? Read(ReadOnlySpan<byte> text, out DynamoNumber number)
    {
        number = default;
        var at = 0;
        var isNegative = false;
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
        {
            isNegative = text[0] == '-';
            at = 1;
        }

        var digits = UInt128.Zero;
        var (kept, significant, trailing, exponent) = (0, 0, 0, 0);
        var (any, afterPoint) = (false, false);
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (c == '.' && !afterPoint)
            {
                afterPoint = true;
                continue;
            }

            if (c is < (byte)'0' or > (byte)'9')
            {
                break;
            }

            any = true;
            exponent -= afterPoint ? 1 : 0;
            if (c == '0')
            {
                // Zeros count only when another digit follows them.
                trailing += kept > 0 || significant > 0 ? 1 : 0;
                continue;
            }

            significant += trailing + 1;
            if (significant <= MaxDigits)
            {
                digits = (digits * PowersOfTen.Get(trailing + 1)) + (UInt128)(c - '0');
                kept = significant;
            }

            trailing = 0;
        }

        if (!any || !TryReadExponent(text[at..], out var written))
        {
            return NotANumber;
        }

        if (digits == UInt128.Zero)
        {
            return null;
        }

        var power = (long)exponent + trailing + written;
        var magnitude = power + significant - 1;
        if (magnitude > MaxMagnitude)
        {
            return Overflow;
        }

        if (magnitude < MinMagnitude)
        {
            return Underflow;
        }

        if (significant > MaxDigits)
        {
            return TooManyDigits;
        }

        number = new DynamoNumber(isNegative, digits, (int)power);
        return null;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out long exponent)
    {
        exponent = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        if (text[0] is not ((byte)'e' or (byte)'E') || text.Length < 2)
        {
            return false;
        }

        text = text[1..];
        var isNegative = text[0] == '-';
        text = text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        if (text.IsEmpty)
        {
            return false;
        }

        foreach (var c in text)
        {
            if (c is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            exponent = Math.Min((exponent * 10) + (c - '0'), 1_000_000_000);
        }

        exponent = isNegative ? -exponent : exponent;
        return true;
    }
}
