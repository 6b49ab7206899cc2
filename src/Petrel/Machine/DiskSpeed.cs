namespace Petrel.Machine;

/// <summary>How long the data folder's disk takes to make a small write durable: the floor of every acknowledged change.</summary>
internal static class DiskSpeed
{
    private const int Writes = 41;

    /// <summary>Above this the disk, not Petrel, is what a user waits for.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(10);

    public static Finding Measure(string folder, TimeProvider time)
    {
        // The data folder may not be there yet: its disk is that of the nearest folder that is.
        var existing = folder;
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
        }

        var path = Path.Combine(existing, $".petrel-check-{Environment.ProcessId}");
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            var times = new TimeSpan[Writes];
            var block = new byte[4096];
            for (var i = 0; i < Writes; i++)
            {
                var start = time.GetTimestamp();
                file.Write(block);
                file.Flush(flushToDisk: true);
                times[i] = time.GetElapsedTime(start);
            }

            Array.Sort(times);
            var median = times[Writes / 2];
            var freeGb = new DriveInfo(existing).AvailableFreeSpace >> 30;
            var what = $"{existing}: a durable write takes {median.TotalMilliseconds:0.00} ms (worst of {Writes}: {times[^1].TotalMilliseconds:0.0} ms), {freeGb} GB free";
            return median > Slow
                ? new Finding("disk", Grade.Reduced, what, "put the data on a quicker disk: --data DIR")
                : new Finding("disk", Grade.Good, what);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finding("disk", Grade.Bad, $"{existing} cannot be written: {e.Message}", "give another folder: --data DIR");
        }
    }
}
