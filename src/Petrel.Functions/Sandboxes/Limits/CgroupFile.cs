using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Limits;

/// <summary>Reads and writes the small files of control groups.</summary>
internal static unsafe class CgroupFile
{
    private const int WriteOnly = 1, CloseOnExec = 0x80000;

    public static void Write(string path, long value) => Write(path, value.ToString(CultureInfo.InvariantCulture));

    public static void Write(string path, string value)
    {
        var fd = Libc.Open(path, WriteOnly | CloseOnExec, 0);
        Libc.Check(fd, path);
        try
        {
            Write(fd, value, path);
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    public static void Write(int fd, string value, string what = "control group")
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(value);
        fixed (byte* start = bytes)
        {
            // The kernel gives up reclaiming memory for a lower limit when the collector's signal reaches this thread.
            int written;
            do
            {
                written = (int)Libc.Write(fd, start, (nuint)bytes.Length);
            }
            while (written < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted);

            Libc.Check(written, what);
        }
    }

    /// <summary>Reads a descriptor that tells of events empty; it does not block.</summary>
    public static void ClearEvent(int fd)
    {
        var buffer = stackalloc byte[4096];
        _ = Libc.Read(fd, buffer, 4096);
    }

    public static int OpenToRead(string path) => Libc.Open(path, CloseOnExec, 0);

    public static int OpenToWrite(string path) => Libc.Open(path, WriteOnly | CloseOnExec, 0);

    /// <summary>A file that holds one number, by a descriptor that stays open: no path is walked.</summary>
    public static long ReadNumber(int fd)
    {
        var buffer = stackalloc byte[32];
        var count = fd < 0 ? 0 : (int)Libc.ReadAt(fd, buffer, 32, 0);
        return count > 0 && Utf8Parser.TryParse(new ReadOnlySpan<byte>(buffer, count), out long value, out _) ? value : 0;
    }

    /// <summary>The number of the first line of a file of <c>name value</c> lines, by a descriptor that stays open.</summary>
    public static long ReadFirstNamed(int fd)
    {
        var buffer = stackalloc byte[64];
        var count = fd < 0 ? 0 : (int)Libc.ReadAt(fd, buffer, 64, 0);
        var line = new ReadOnlySpan<byte>(buffer, Math.Max(count, 0));
        return Utf8Parser.TryParse(line[(line.IndexOf((byte)' ') + 1)..], out long value, out _) ? value : 0;
    }

    /// <summary>One number of a file of <c>name value</c> lines.</summary>
    public static long ReadNamed(string path, string name)
    {
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] == ' ')
                {
                    return long.Parse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
                }
            }
        }
        catch (IOException)
        {
            return 0;
        }

        return 0;
    }

    /// <summary>Ends and removes groups that nobody holds any more, waiting a little for processes that are ending.</summary>
    public static void EndAll(IEnumerable<string> groups, Action<string>? thaw = null)
    {
        const int attempts = 400, pauseMs = 5;
        var left = groups.ToList();
        for (var attempt = 0; left.Count > 0 && attempt < attempts; attempt++)
        {
            left.ForEach(KillAll);
            left.ForEach(thaw ?? (static _ => { }));
            left.RemoveAll(TryRemove);
            if (left.Count > 0)
            {
                Libc.PauseThread(pauseMs);
            }
        }
    }

    public static IReadOnlyList<int> Processes(string group)
    {
        try
        {
            return [.. File.ReadLines(Path.Combine(group, "cgroup.procs")).Select(l => int.Parse(l, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Kills every process in a group. New ones may appear meanwhile where the kernel cannot do it at once (before Linux 5.14, and in version 1), so the caller repeats it until the group can be removed.</summary>
    public static void KillAll(string group)
    {
        try
        {
            var kill = Path.Combine(group, "cgroup.kill");
            if (File.Exists(kill))
            {
                Write(kill, "1");
                return;
            }

            foreach (var line in File.ReadLines(Path.Combine(group, "cgroup.procs")))
            {
                _ = Libc.Signal(int.Parse(line, CultureInfo.InvariantCulture), Libc.SignalKill);
            }
        }
        catch (Exception e) when (e is IOException or System.ComponentModel.Win32Exception)
        {
            return;
        }
    }

    public static bool TryRemove(string group)
    {
        try
        {
            Directory.Delete(group);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
