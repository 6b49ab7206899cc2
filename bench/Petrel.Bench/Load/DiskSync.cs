using System.Diagnostics;

namespace Petrel.Bench.Load;

/// <summary>What the data disk itself takes to make an append durable; printed beside every durable row.</summary>
internal static class DiskSync
{
    private const int Samples = 200;

    public static double P50Us(string folder)
    {
        var path = Path.Combine(folder, "fsync-probe");
        var block = new byte[4096];
        var times = new double[Samples];
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            for (var i = 0; i < Samples; i++)
            {
                var started = Stopwatch.GetTimestamp();
                file.Write(block);
                file.Flush(flushToDisk: true);
                times[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            }
        }

        File.Delete(path);
        Array.Sort(times);
        return times[Samples / 2];
    }
}
