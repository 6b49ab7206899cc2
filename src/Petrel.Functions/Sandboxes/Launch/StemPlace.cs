using System.ComponentModel;
using Petrel.Functions.Sandboxes.Limits;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>Finds the first program of a sandbox from outside.</summary>
internal static class StemPlace
{
    /// <summary>Its number inside: bubblewrap's own process is the first there.</summary>
    private const string Inside = "2";

    private const int WriteOnly = 1, CloseOnExec = 0x80000;

    /// <summary>A descriptor of the process, then the entrances of its control groups; null when it has ended.</summary>
    public static int[]? Open(IControlGroup group)
    {
        var opened = new List<int>();
        try
        {
            if (OpenProcess(group) is not { } process)
            {
                return null;
            }

            opened.Add(process);
            foreach (var entrance in group.Entrances)
            {
                var fd = Libc.Open(entrance, WriteOnly | CloseOnExec, 0);
                Libc.Check(fd, entrance);
                opened.Add(fd);
            }

            return [.. opened];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            Close(opened);
            throw new FunctionStartException("ServiceException", $"The waiting sandbox cannot be entered: {e.Message}", e);
        }
    }

    public static void Close(IEnumerable<int> descriptors)
    {
        foreach (var fd in descriptors)
        {
            _ = Libc.Close(fd);
        }
    }

    private static int? OpenProcess(IControlGroup group)
    {
        foreach (var candidate in group.Processes)
        {
            if (NumberInside(candidate) != Inside)
            {
                continue;
            }

            var process = Libc.OpenProcess(candidate);
            if (group.Processes.Contains(candidate))
            {
                return process; // It is still there, so the number has not become another's.
            }

            _ = Libc.Close(process);
        }

        return null;
    }

    private static string? NumberInside(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("NSpid:", StringComparison.Ordinal));
            return line?.Split('\t') is [_, _, var inside] ? inside : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
