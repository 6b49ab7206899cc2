using System.Numerics;
using CsCheck;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Values;

namespace Petrel.Tests.DynamoDb.Values;

public sealed class NumberTests
{
    private const string Overflow = "Number overflow. Attempting to store a number with magnitude larger than supported range";
    private const string Underflow = "Number underflow. Attempting to store a number with magnitude smaller than supported range";
    private const string Digits = "Attempting to store more than 38 significant digits in a Number";

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("0.000e99999", "0")]
    [InlineData("00042", "42")]
    [InlineData("+1", "1")]
    [InlineData("-1.50", "-1.5")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("1.5E2", "150")]
    [InlineData("1e-3", "0.001")]
    [InlineData("100", "100")]
    [InlineData("12345678901234567890123456789012345678", "12345678901234567890123456789012345678")]
    [InlineData("0.00012345678901234567890123456789012345678", "0.00012345678901234567890123456789012345678")]
    [InlineData("123456789012345678901234567890123456780000", "123456789012345678901234567890123456780000")]
    public void Parse_Number_IsWrittenWithoutExponent(string text, string written) => Assert.Equal(written, DynamoNumber.Parse(text).ToString());

    [Fact]
    public void Parse_LargestAndSmallest_AreWrittenInFull()
    {
        Assert.Equal("1" + new string('0', 125), DynamoNumber.Parse("1E125").ToString());
        Assert.Equal("-0." + new string('0', 129) + "1", DynamoNumber.Parse("-1E-130").ToString());
        var longest = DynamoNumber.Parse("-9.9999999999999999999999999999999999999E-130").ToString();
        Assert.InRange(longest.Length, 1, DynamoNumber.MaxTextBytes);
    }

    [Theory]
    [InlineData("", "The parameter cannot be converted to a numeric value")]
    [InlineData("abc", "The parameter cannot be converted to a numeric value: abc")]
    [InlineData("1 ", "The parameter cannot be converted to a numeric value: 1 ")]
    [InlineData("1.2.3", "The parameter cannot be converted to a numeric value: 1.2.3")]
    [InlineData("1e", "The parameter cannot be converted to a numeric value: 1e")]
    [InlineData("--1", "The parameter cannot be converted to a numeric value: --1")]
    [InlineData("١", "The parameter cannot be converted to a numeric value: ١")]
    [InlineData("1e126", Overflow)]
    [InlineData("-1e126", Overflow)]
    [InlineData("1e-131", Underflow)]
    [InlineData("123456789012345678901234567890123456789", Digits)]
    [InlineData("1.0000000000000000000000000000000000000000001", Digits)]
    public void Parse_NoNumber_IsRefusedInTheServicesWords(string text, string problem)
    {
        Assert.False(DynamoNumber.TryParse(text, out _, out var said));
        Assert.Equal(problem, said);
    }

    [Fact]
    public void Compare_AnyTwo_IsTheOrderOfTheirValues() => Gen.Select(Attributes.AnyNumber, Attributes.AnyNumber).Sample((left, right) =>
        Math.Sign(left.CompareTo(right)) == Scaled(left).CompareTo(Scaled(right))
        && left.Equals(right) == (Scaled(left) == Scaled(right)));

    [Fact]
    public void Key_AnyTwo_OrderAsTheNumbers() => Gen.Select(Attributes.AnyNumber, Attributes.AnyNumber).Sample((left, right) =>
        Math.Sign(left.ToKey().AsSpan().SequenceCompareTo(right.ToKey())) == Math.Sign(left.CompareTo(right))
        && left.ToKey().Length <= DynamoNumber.MaxKeyBytes);

    [Fact]
    public void Key_NumbersOfOneBeginning_OrderAsTheNumbers()
    {
        string[] rising = ["-10", "-1.51", "-1.5", "-1.05", "-1", "-0.1", "0", "0.01", "0.1", "1", "1.05", "1.5", "1.51", "9", "10", "11", "100"];
        var keys = Array.ConvertAll(rising, text => DynamoNumber.Parse(text).ToKey());
        for (var i = 1; i < keys.Length; i++)
        {
            Assert.True(keys[i - 1].AsSpan().SequenceCompareTo(keys[i]) < 0, $"{rising[i - 1]} {rising[i]}");
        }
    }

    [Fact]
    public void Parse_TextOfAny_GivesItBack() => Attributes.AnyNumber.Sample(number => DynamoNumber.Parse(number.ToString()).Equals(number));

    [Fact]
    public void Add_AnyTwo_IsExactOrRefused() => Gen.Select(Attributes.AnyNumber, Attributes.AnyNumber).Sample((left, right) =>
    {
        var exact = Scaled(left) + Scaled(right);
        return DynamoNumber.TryAdd(left, right, out var sum, out var problem)
            ? Scaled(sum) == exact && problem is null
            : problem == Expected(exact);
    });

    [Fact]
    public void Subtract_Itself_IsZero() => Attributes.AnyNumber.Sample(number =>
        DynamoNumber.TrySubtract(number, number, out var difference, out _) && difference.Equals(DynamoNumber.Zero));

    /// <summary>Sizes that the service was measured to count.</summary>
    [Theory]
    [InlineData("0", 1)]
    [InlineData("1", 2)]
    [InlineData("12", 2)]
    [InlineData("123", 3)]
    [InlineData("1234", 3)]
    [InlineData("12345678901234567890123456789012345678", 20)]
    [InlineData("100", 2)]
    [InlineData("1010", 3)]
    [InlineData("0.0000001", 2)]
    [InlineData("1E125", 2)]
    [InlineData("1E-100", 2)]
    [InlineData("1.5", 3)]
    [InlineData("1.234", 4)]
    [InlineData("3.14159", 5)]
    [InlineData("123456", 4)]
    [InlineData("-1", 3)]
    public void Size_Number_CountsPairsOfDigits(string text, int bytes) => Assert.Equal(bytes, ItemSize.Of(DynamoNumber.Parse(text)));

    /// <summary>As a whole number of the smallest unit that any number has.</summary>
    private static BigInteger Scaled(DynamoNumber number) =>
        (number.IsNegative ? -1 : 1) * (BigInteger)number.Digits * BigInteger.Pow(10, number.Exponent + 170);

    private static string Expected(BigInteger scaled)
    {
        var text = BigInteger.Abs(scaled).ToString();
        var magnitude = text.Length - 1 - 170;
        return text.TrimEnd('0').Length > 38 ? Digits : magnitude > 125 ? Overflow : Underflow;
    }
}
