namespace Petrel.Server.Settings;

/// <summary>Finds what somebody probably meant.</summary>
public static class Nearest
{
    /// <summary>The candidate that needs the fewest changes of a letter, if these are few enough to be a slip.</summary>
    public static string? To(string word, IEnumerable<string> candidates)
    {
        var (best, distance) = candidates
            .Select(c => (Candidate: c, Distance: Distance(word, c)))
            .DefaultIfEmpty(("", int.MaxValue))
            .MinBy(c => c.Item2);
        return distance <= Math.Max(2, word.Length / 3) ? best : null;
    }

    /// <summary>Levenshtein's distance, letters' case apart.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
