using System.Globalization;
using System.Text.RegularExpressions;

namespace Petrel.Server.Services.Logs.Model.Filters;

/// <summary>How a value is compared.</summary>
internal enum TestOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>What stands right of an operator: a number, a text with <c>*</c> as wildcard, or a regular expression.</summary>
internal sealed class ValueTest
{
    private readonly TestOperator _operator;
    private readonly double? _number;
    private readonly string _text;
    private readonly Regex? _expression;

    private ValueTest(TestOperator testOperator, double? number, string text, Regex? expression) =>
        (_operator, _number, _text, _expression) = (testOperator, number, text, expression);

    /// <param name="isQuoted">A quoted value is a text even when it looks like a number.</param>
    public static ValueTest Of(TestOperator testOperator, string value, bool isQuoted)
    {
        if (!isQuoted && value is ['%', .., '%'] && value.Length > 2)
        {
            return testOperator is TestOperator.Equal or TestOperator.NotEqual
                ? new ValueTest(testOperator, null, value, FilterPattern.CompileRegex(value[1..^1]))
                : throw new FilterPatternException("Invalid filter pattern: a regular expression is compared with = or != only");
        }

        double? number = !isQuoted && TryNumber(value, out var parsed) ? parsed : null;
        return number is null && testOperator is not (TestOperator.Equal or TestOperator.NotEqual)
            ? throw new FilterPatternException("Invalid filter pattern: a number is expected behind the operator")
            : new ValueTest(testOperator, number, value, null);
    }

    public bool Holds(string actual)
    {
        if (_operator is TestOperator.Equal or TestOperator.NotEqual)
        {
            return IsEqual(actual) == (_operator == TestOperator.Equal);
        }

        return TryNumber(actual, out var number) && HoldsFor(number);
    }

    public bool Holds(double actual) => _number is null
        ? Holds(actual.ToString(CultureInfo.InvariantCulture))
        : HoldsFor(actual);

    private bool HoldsFor(double actual) => _operator switch
    {
        TestOperator.Equal => actual == _number,
        TestOperator.NotEqual => actual != _number,
        TestOperator.Less => actual < _number,
        TestOperator.LessOrEqual => actual <= _number,
        TestOperator.Greater => actual > _number,
        _ => actual >= _number,
    };

    private bool IsEqual(string actual)
    {
        if (_expression is not null)
        {
            return _expression.IsMatch(actual);
        }

        return (_number is { } expected && TryNumber(actual, out var number) && number == expected) || MatchesWildcards(_text, actual);
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    /// <summary><c>*</c> stands for any run of characters.</summary>
    internal static bool MatchesWildcards(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, runAt = -1, runText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (runAt, runText) = (p++, t);
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                p++;
                t++;
            }
            else if (runAt >= 0)
            {
                (p, t) = (runAt + 1, ++runText);
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept('*') < 0;
    }
}
