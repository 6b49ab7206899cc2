using System.Buffers;
using System.Text;
using Petrel.Wire.Protocols;

namespace Petrel.Wire.Xml;

/// <summary>Writes elements and text as UTF-8. Characters that XML cannot carry at all are replaced, since an answer must stay readable.</summary>
internal readonly struct XmlOutput(PooledBuffer output)
{
    private static readonly SearchValues<char> Special = SearchValues.Create(SpecialCharacters());

    public void Declaration() => Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

    /// <param name="xmlNamespace">Empty for none.</param>
    public void Start(string name, string xmlNamespace = "")
    {
        Raw("<");
        Raw(name);
        if (xmlNamespace.Length > 0)
        {
            Raw(" xmlns=\"");
            Text(xmlNamespace);
            Raw("\"");
        }

        Raw(">");
    }

    public void End(string name)
    {
        Raw("</");

        // What follows the name in a start tag is an attribute.
        var space = name.IndexOf(' ');
        Raw(space < 0 ? name : name.AsSpan(0, space));
        Raw(">");
    }

    public void Element(string name, string text)
    {
        Start(name);
        Text(text);
        End(name);
    }

    public void Text(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var at = text.IndexOfAny(Special);
            if (at < 0)
            {
                Raw(text);
                return;
            }

            Raw(text[..at]);
            Raw(text[at] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\r' => "&#xD;",
                _ => "\uFFFD",
            });
            text = text[(at + 1)..];
        }
    }

    private void Raw(ReadOnlySpan<char> text)
    {
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Advance(Encoding.UTF8.GetBytes(text, span));
    }

    private static char[] SpecialCharacters()
    {
        var special = new List<char> { '&', '<', '>', '"', '\uFFFE', '\uFFFF' };
        for (var c = '\0'; c < ' '; c++)
        {
            if (c is not ('\t' or '\n'))
            {
                special.Add(c);
            }
        }

        return [.. special];
    }
}
