namespace Petrel.Bench.Load;

/// <summary>CPU time and memory of a process and all that it started, from /proc.</summary>
internal static class ProcessTree
{
    // sysconf(_SC_CLK_TCK) is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>User and system time of the tree, in microseconds. Precise to 10 ms, so measure over seconds.</summary>
    public static double CpuUs(int root) => Members(root).Sum(OwnCpuUs);

    /// <summary>The same of one process alone.</summary>
    public static double OwnCpuUs(int pid) => Stat(pid) is { } stat ? stat.Ticks / TicksPerSecond * 1_000_000 : 0;

    /// <summary>Resident memory of one process, in MB.</summary>
    public static double ResidentMb(int pid)
    {
        foreach (var line in File.ReadLines($"/proc/{pid}/status"))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
            {
                return double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
            }
        }

        return 0;
    }

    /// <summary>What only this process has in memory, in MB; 0 when it is gone.</summary>
    public static double PrivateMb(int pid)
    {
        try
        {
            return File.ReadLines($"/proc/{pid}/smaps_rollup")
                .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
                .Sum(line => double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1])) / 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Its command line; empty when it is gone.</summary>
    public static string CommandOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>A process and all that descends from it.</summary>
    public static HashSet<int> Members(int root)
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var pid) && Stat(pid) is { } stat)
            {
                parents[pid] = stat.Parent;
            }
        }

        var members = new HashSet<int> { root };
        int before;
        do
        {
            before = members.Count;
            members.UnionWith(parents.Where(p => members.Contains(p.Value)).Select(p => p.Key));
        }
        while (members.Count > before);
        return members;
    }

    private static (int Parent, long Ticks)? Stat(int pid)
    {
        try
        {
            // The name stands in parentheses and may hold spaces: fields count from after the last one.
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1]), long.Parse(fields[11]) + long.Parse(fields[12]));
        }
        catch (IOException)
        {
            return null; // It ended while the folder was read.
        }
    }
}
