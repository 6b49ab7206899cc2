namespace Petrel.Server.Services.Lambda.Packages;

/// <summary>Follows links on paper, as the kernel would follow them in the unpacked tree.</summary>
internal static class LinkPath
{
    /// <summary>What Linux allows in one path.</summary>
    private const int MaxHops = 40;

    /// <summary>Whether a link at <paramref name="path"/> to <paramref name="target"/> never leaves the tree, through other links neither.</summary>
    public static bool StaysInside(string path, string target, IReadOnlyDictionary<string, string> links)
    {
        var at = new List<string>(Normalize(path).Split('/'));
        at.RemoveAt(at.Count - 1);
        var left = new Stack<string>();
        if (!Push(left, target))
        {
            return false;
        }

        var hops = 0;
        while (left.TryPop(out var part))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                if (at.Count == 0)
                {
                    return false;
                }

                at.RemoveAt(at.Count - 1);
                continue;
            }

            at.Add(part);
            if (links.TryGetValue(string.Join('/', at), out var next))
            {
                at.RemoveAt(at.Count - 1);
                if (++hops > MaxHops || !Push(left, next))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>The path without empty parts and dots.</summary>
    public static string Normalize(string path) => string.Join('/', path.Split('/').Where(part => part is not ("" or ".")));

    private static bool Push(Stack<string> left, string target)
    {
        if (target.StartsWith('/'))
        {
            return false;
        }

        var parts = target.Split('/');
        for (var i = parts.Length - 1; i >= 0; i--)
        {
            left.Push(parts[i]);
        }

        return true;
    }
}
