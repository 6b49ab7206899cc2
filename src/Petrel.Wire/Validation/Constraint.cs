using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Petrel.Wire.Validation;

/// <summary>A limit of a member, and the words in which the services say that it is not kept.</summary>
internal abstract class Constraint(string text)
{
    public string Text { get; } = text;

    /// <summary>True for limits of a list's elements when the member is a list, false for limits of the list itself.</summary>
    public virtual bool OfElements => true;

    public abstract bool Holds(object value);

    /// <summary>Builds what is otherwise built at the first value.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>The constraints of a record's parameter, one for each sentence that an error may need.</summary>
    public static Constraint[] Of(ParameterInfo parameter)
    {
        var constraints = new List<Constraint>();
        if (parameter.GetCustomAttribute<LengthAttribute>() is { } length)
        {
            constraints.Add(new MaxLength(length.Max));
            constraints.Add(new MinLength(length.Min));
        }

        if (parameter.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            constraints.Add(new MaxValue(range.Max));
            constraints.Add(new MinValue(range.Min));
        }

        if (parameter.GetCustomAttribute<PatternAttribute>() is { } pattern)
        {
            constraints.Add(new Pattern(pattern.Pattern));
        }

        if (parameter.GetCustomAttribute<OneOfAttribute>() is { } oneOf)
        {
            constraints.Add(new OneOf(oneOf.Values));
        }

        return constraints.Count == 0 ? [] : [.. constraints];
    }
}

internal abstract class LengthConstraint(string text) : Constraint(text)
{
    public override bool OfElements => false;

    protected static int LengthOf(object value) => value switch
    {
        string text => text.Length,
        ReadOnlyMemory<byte> blob => blob.Length,
        ICollection collection => collection.Count,
        _ => 0,
    };
}

internal sealed class MinLength(int min) : LengthConstraint($"Member must have length greater than or equal to {min}")
{
    public override bool Holds(object value) => LengthOf(value) >= min;
}

internal sealed class MaxLength(int max) : LengthConstraint($"Member must have length less than or equal to {max}")
{
    public override bool Holds(object value) => LengthOf(value) <= max;
}

internal sealed class MinValue(long min) : Constraint($"Member must have value greater than or equal to {min}")
{
    public override bool Holds(object value) => Convert.ToDecimal(value, CultureInfo.InvariantCulture) >= min;
}

internal sealed class MaxValue(long max) : Constraint($"Member must have value less than or equal to {max}")
{
    public override bool Holds(object value) => Convert.ToDecimal(value, CultureInfo.InvariantCulture) <= max;
}

internal sealed class OneOf(string[] values) : Constraint($"Member must satisfy enum value set: [{string.Join(", ", values)}]")
{
    public override bool Holds(object value) => Array.IndexOf(values, value.ToString()) >= 0;
}

internal sealed class Pattern(string pattern) : Constraint($"Member must satisfy regular expression pattern: {pattern}")
{
    /// <summary>
    /// Longer than any honest name takes on a machine that is busy. Only patterns with lookaround need it: the others match in linear
    /// time, and a limit on the clock would refuse valid names while the first match is compiled.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private Regex? _regex;

    public override void Prepare() => _regex ??= Compile(pattern);

    public override bool Holds(object value)
    {
        _regex ??= Compile(pattern);
        try
        {
            return _regex.IsMatch((string)value);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static Regex Compile(string pattern)
    {
        var whole = $@"\A(?:{JavaPattern.Translate(pattern)})\z";
        try
        {
            return new Regex(whole, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            return new Regex(whole, RegexOptions.CultureInvariant, Patience);
        }
    }
}
