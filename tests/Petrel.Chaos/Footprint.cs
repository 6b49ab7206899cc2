using System.Diagnostics;
using System.Globalization;

namespace Petrel.Chaos;

/// <summary>What a daemon has of the machine at a moment, counted from outside.</summary>
/// <param name="Slot">The number by which its things are named; null while it has no sandbox.</param>
/// <param name="Sandboxes">Outermost processes of sandboxes.</param>
/// <param name="Processes">All that are below it.</param>
/// <param name="Groups">Control groups of sandboxes, in the hierarchy that has the most.</param>
/// <param name="Interfaces">Ways out of network namespaces.</param>
/// <param name="Mounts">In the mount namespaces of its own threads.</param>
/// <param name="Files">In its data folder.</param>
internal sealed record Footprint(int? Slot, int Sandboxes, int Processes, int Groups, int Interfaces, int Descriptors, int Mounts, int Files)
{
    private const string Groups1 = "/sys/fs/cgroup";

    public static Footprint Of(int daemon, string data)
    {
        var below = Descendants(daemon);
        var sandboxes = below.Select(Name).Where(n => n?.StartsWith("petrel-", StringComparison.Ordinal) is true).ToList();
        int? slot = sandboxes.Count == 0 ? null : int.Parse(sandboxes[0]!["petrel-".Length..], CultureInfo.InvariantCulture);
        return new Footprint(
            slot, below.Count(p => Name(p)?.StartsWith("petrel-", StringComparison.Ordinal) is true && Parent(p) == daemon), below.Count,
            slot is { } s ? GroupsOf(s).Select(g => Directory.GetDirectories(g).Length).Append(0).Max() : 0,
            slot is { } i ? InterfacesOf(i) : 0,
            Entries($"/proc/{daemon}/fd"), MountsOf(daemon), Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories).Count(f => Stays(data, f)));
    }

    /// <summary>Packages stay for twenty minutes after nobody owns them, logs until their retention: both are somebody's.</summary>
    private static bool Stays(string data, string file) => Path.GetRelativePath(data, file).Split('/')[0] is not ("code" or "blobs" or "logs");

    /// <summary>What is still there of a daemon that has ended; nothing can be said while another has its number.</summary>
    public static IReadOnlyList<string> LeftOvers(int slot)
    {
        using var taken = Process.Start("flock", ["--nonblock", $"/run/petrel/{slot}.lock", "true"]);
        taken.WaitForExit();
        if (taken.ExitCode != 0)
        {
            return [];
        }

        var processes = Directory.EnumerateDirectories("/proc").Where(p => char.IsAsciiDigit(p["/proc/".Length])).Select(p => int.Parse(Path.GetFileName(p), CultureInfo.InvariantCulture));
        return
        [
            .. processes.Where(p => Name(p) == $"petrel-{slot}").Select(p => $"process {p}"),
            .. GroupsOf(slot),
            .. Directory.EnumerateDirectories("/sys/class/net").Where(d => Path.GetFileName(d).StartsWith($"ptl{slot}s", StringComparison.Ordinal)),
        ];
    }

    private static IEnumerable<string> GroupsOf(int slot) =>
        Directory.EnumerateDirectories(Groups1).Prepend(Groups1).Select(d => Path.Combine(d, $"petrel-{slot}")).Where(Directory.Exists);

    private static int InterfacesOf(int slot) =>
        Directory.EnumerateDirectories("/sys/class/net").Count(d => Path.GetFileName(d).StartsWith($"ptl{slot}s", StringComparison.Ordinal));

    private static List<int> Descendants(int root)
    {
        var parents = new List<(int Process, int Parent)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var process) && Parent(process) is { } parent)
            {
                parents.Add((process, parent));
            }
        }

        var children = parents.ToLookup(p => p.Parent, p => p.Process);
        var found = new List<int>();
        for (var next = new Queue<int>([root]); next.TryDequeue(out var process);)
        {
            foreach (var child in children[process])
            {
                found.Add(child);
                next.Enqueue(child);
            }
        }

        return found;
    }

    private static int? Parent(int process)
    {
        var line = Read($"/proc/{process}/stat");
        return line is null ? null : int.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static string? Name(int process) => Read($"/proc/{process}/cmdline")?.Split('\0')[0];

    private static int MountsOf(int daemon)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{daemon}/task")
                .GroupBy(t => new FileInfo($"{t}/ns/mnt").LinkTarget)
                .Sum(n => Read($"{n.First()}/mountinfo")?.Count(c => c == '\n') ?? 0);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static int Entries(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder).Count();
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it has just ended
        }
    }
}
