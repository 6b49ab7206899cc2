using System.Buffers;

namespace Petrel.Wire.Rest;

/// <summary>Values of headers must not contain what ends a header.</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> Controls = SearchValues.Create(ControlCharacters());

    public static string Clean(string value) => value.AsSpan().IndexOfAny(Controls) < 0
        ? value
        : string.Create(value.Length, value, static (span, source) =>
        {
            source.CopyTo(span);
            span.ReplaceAny(Controls, ' ');
        });

    private static char[] ControlCharacters()
    {
        var controls = new List<char> { '\x7F' };
        for (var c = '\0'; c < ' '; c++)
        {
            if (c != '\t')
            {
                controls.Add(c);
            }
        }

        return [.. controls];
    }
}
