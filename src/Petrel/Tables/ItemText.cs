using System.Globalization;
using System.Text.RegularExpressions;

namespace Petrel.Tables;

/// <summary>Attribute types as people write and read them.</summary>
internal static partial class ItemText
{
    /// <summary>A number has no more (the service's limit).</summary>
    public const int MaxDigits = 38;

    public static readonly string[] Types = ["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"];

    /// <summary>A type as it is spoken of, with its article.</summary>
    public static string NameOf(string type) => type switch
    {
        "S" => "a string",
        "N" => "a number",
        "B" => "base64 of bytes",
        "BOOL" => "true or false",
        "NULL" => "empty or null",
        "L" => "a JSON array",
        "M" => "a JSON object",
        "SS" => "a JSON array of strings",
        "NS" => "a JSON array of numbers",
        "BS" => "a JSON array of base64",
        _ => type,
    };

    /// <summary>Whether a text is a value of a simple type.</summary>
    public static bool Fits(string text, string type) => type switch
    {
        "N" => IsNumber(text),
        "B" => IsBase64(text),
        _ => true,
    };

    /// <summary>A number that is written as one would write it: a text such as 007 is an identifier, and would lose its zeros.</summary>
    public static bool LooksLikeNumber(string text) => text.Length > 0 && Number().IsMatch(text) && DigitsOf(text) <= MaxDigits;

    public static bool IsNumber(string text) =>
        text.Length > 0 && DigitsOf(text) <= MaxDigits && (Number().IsMatch(text) || decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _));

    private static bool IsBase64(string text) => Convert.TryFromBase64String(text, new byte[text.Length], out _);

    private static int DigitsOf(string text) => text.TakeWhile(c => c is not ('e' or 'E')).Count(char.IsAsciiDigit);

    [GeneratedRegex(@"^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?$", RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
