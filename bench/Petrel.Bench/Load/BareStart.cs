using System.Diagnostics;

namespace Petrel.Bench.Load;

/// <summary>What starting a language itself takes on this machine: from the start of its process to its end.</summary>
internal static class BareStart
{
    /// <summary>The median in ms. Starting any process from here takes a part of it, which is measured and taken off.</summary>
    public static double P50Ms(int runs, string program, params string[] arguments) =>
        Math.Max(0.1, Median(runs, program, arguments) - Median(runs, "/bin/true"));

    private static double Median(int runs, string program, params string[] arguments)
    {
        var times = new double[runs];
        for (var i = 0; i < runs; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment.Remove("NODE_EXTRA_CA_CERTS"); // reading certificates takes longer than all of the rest
            using var process = Process.Start(start)!;
            process.WaitForExit();
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
            }
        }

        return Percentile.Of(times, 50);
    }
}
