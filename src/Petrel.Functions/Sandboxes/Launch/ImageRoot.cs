namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>
/// An image's files as the sandbox's root. Each entry of its top folder is bound by itself, so that the folders that a sandbox makes its
/// own (/proc, /dev, /tmp) need no place in a read-only image.
/// </summary>
internal static class ImageRoot
{
    /// <summary>The sandbox has its own of these; what an image puts there is not seen.</summary>
    private static readonly string[] Own = ["proc", "sys", "dev", "tmp", "run"];

    /// <summary>Files by which a program finds the network; each image brings its own of the others in /etc.</summary>
    private static readonly string[] Names = ["hosts", "resolv.conf"];

    /// <param name="root">The image's files on the host.</param>
    /// <param name="source">Where bubblewrap finds them.</param>
    /// <param name="etc">Where bubblewrap finds the sandboxes' own /etc.</param>
    public static IEnumerable<string> Arguments(string root, string source, string etc)
    {
        var options = new List<string>();
        foreach (var entry in new DirectoryInfo(root).EnumerateFileSystemInfos().Where(e => !Own.Contains(e.Name) && !LeadsOut(root, e.LinkTarget)))
        {
            // A link is made inside, where it leads to the image's files; on the host nobody follows it.
            options.AddRange(entry.LinkTarget is { } target
                ? ["--symlink", target, $"/{entry.Name}"]
                : ["--ro-bind", $"{source}/{entry.Name}", $"/{entry.Name}"]);
        }

        foreach (var name in Names)
        {
            options.AddRange(["--ro-bind", $"{etc}/{name}", $"/etc/{name}"]);
        }

        return options;
    }

    /// <summary>
    /// Whether a link leads anywhere but to a folder of the image itself. Bubblewrap makes the sandbox's mounts while the host's files are
    /// still to be found beside them, under a name that an image could guess; what it makes on the way there would be made on the host.
    /// </summary>
    internal static bool LeadsOut(string root, string? target)
    {
        if (target is null)
        {
            return false;
        }

        var parts = target.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 || parts.Contains("..") || new DirectoryInfo(Path.Combine(root, parts[0])) is not { Exists: true, LinkTarget: null };
    }
}
