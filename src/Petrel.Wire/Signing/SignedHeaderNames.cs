using System.Collections.Concurrent;

namespace Petrel.Wire.Signing;

/// <summary>Lists of signed headers. Clients have few of them, so that each is split once.</summary>
internal static class SignedHeaderNames
{
    private const int MaxCached = 1_024;

    private static readonly ConcurrentDictionary<string, string[]> Cache = [];

    public static string[] Read(ReadOnlySpan<char> list)
    {
        if (Cache.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(list, out var names))
        {
            return names;
        }

        var text = list.ToString();
        names = text.Split(';', StringSplitOptions.RemoveEmptyEntries);
        if (text.Length <= 4_096)
        {
            if (Cache.Count >= MaxCached)
            {
                Cache.Clear();
            }

            Cache[text] = names;
        }

        return names;
    }
}
