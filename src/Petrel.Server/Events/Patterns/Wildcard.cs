namespace Petrel.Server.Events.Patterns;

/// <summary>A text with stars, each for any characters: <c>dir/*.png</c>; a backslash makes a star (or a backslash) mean itself.</summary>
internal sealed class Wildcard
{
    private readonly string[] _pieces;

    private Wildcard(string[] pieces) => _pieces = pieces;

    /// <exception cref="PatternException">Two stars in a row, or a backslash before something else.</exception>
    public static Wildcard Parse(string text)
    {
        var pieces = new List<string>();
        var piece = new System.Text.StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '*')
            {
                if (at + 1 < text.Length && text[at + 1] == '*')
                {
                    throw new PatternException($"Consecutive wildcard characters at pos {at}");
                }

                pieces.Add(piece.ToString());
                piece.Clear();
                continue;
            }

            if (text[at] == '\\')
            {
                if (at + 1 >= text.Length || text[at + 1] is not ('*' or '\\'))
                {
                    throw new PatternException($"Invalid escape character at pos {at}");
                }

                at++;
            }

            piece.Append(text[at]);
        }

        pieces.Add(piece.ToString());
        return new Wildcard([.. pieces]);
    }

    /// <summary>The first piece must begin the text and the last end it; those between are looked for from the left, each once.</summary>
    public bool Matches(string text)
    {
        if (_pieces.Length == 1)
        {
            return text == _pieces[0];
        }

        var (first, last) = (_pieces[0], _pieces[^1]);
        if (text.Length < first.Length + last.Length
            || !text.StartsWith(first, StringComparison.Ordinal)
            || !text.EndsWith(last, StringComparison.Ordinal))
        {
            return false;
        }

        var (at, end) = (first.Length, text.Length - last.Length);
        foreach (var piece in _pieces.AsSpan(1..^1))
        {
            var found = text.AsSpan(at, end - at).IndexOf(piece, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at += found + piece.Length;
        }

        return true;
    }
}
