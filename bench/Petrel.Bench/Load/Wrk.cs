using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Petrel.Bench.Load;

/// <summary>What one run of the load generator saw.</summary>
internal sealed record LoadResult(double RequestsPerSecond, long Requests, double P50Us, double P99Us);

/// <summary>
/// Drives HTTP load with wrk: one thread of C, so that the client takes little of the two cores. Headers are fixed for a run, so a signed
/// request is signed once, ahead.
/// </summary>
internal static partial class Wrk
{
    /// <summary>Takes the requests of a file in turn; see <see cref="SignedRequests.Write"/>.</summary>
    private const string Replay = """
        local requests, next = {}, 0
        function init(args)
            local file = io.open(args[1], "rb")
            while true do
                local length = file:read("*n")
                if not length then break end
                file:read(1)
                requests[#requests + 1] = file:read(length)
            end
            file:close()
        end
        function request()
            next = next % #requests + 1
            return requests[next]
        end
        """;

    public static async Task<LoadResult> RunAsync(
        Uri url,
        int connections,
        TimeSpan duration,
        IReadOnlyDictionary<string, string>? headers = null,
        CancellationToken cancellationToken = default)
    {
        var start = Start(connections, duration);
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            start.ArgumentList.Add("-H");
            start.ArgumentList.Add($"{name}: {value}");
        }

        start.ArgumentList.Add(url.ToString());
        return await RunAsync(start, cancellationToken);
    }

    /// <summary>Sends the requests of a file over and over.</summary>
    public static async Task<LoadResult> ReplayAsync(Uri url, string file, int connections, TimeSpan duration, CancellationToken cancellationToken)
    {
        var script = Path.ChangeExtension(file, ".lua");
        await File.WriteAllTextAsync(script, Replay, cancellationToken);
        var start = Start(connections, duration);
        foreach (var argument in (string[])["-s", script, url.ToString(), "--", file])
        {
            start.ArgumentList.Add(argument);
        }

        return await RunAsync(start, cancellationToken);
    }

    private static ProcessStartInfo Start(int connections, TimeSpan duration)
    {
        var seconds = Math.Max(1, (int)duration.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "--latency"]) { RedirectStandardOutput = true };
    }

    private static async Task<LoadResult> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        using var wrk = Process.Start(start)!;
        var output = await wrk.StandardOutput.ReadToEndAsync(cancellationToken);
        await wrk.WaitForExitAsync(cancellationToken);
        return Parse(output);
    }

    internal static LoadResult Parse(string output)
    {
        var total = Total().Match(output);
        if (!total.Success)
        {
            throw new InvalidOperationException($"wrk printed no result:\n{output}");
        }

        var failed = Non2xx().Match(output) is { Success: true } bad ? long.Parse(bad.Groups[1].Value) : 0;
        foreach (Match socket in SocketErrors().Matches(output))
        {
            failed += socket.Groups.Values.Skip(1).Sum(g => long.Parse(g.Value));
        }

        if (failed > 0)
        {
            throw new InvalidOperationException($"{failed} of {total.Groups[1].Value} requests failed, so the figures mean nothing:\n{output}");
        }

        return new LoadResult(
            double.Parse(Rate().Match(output).Groups[1].Value),
            long.Parse(total.Groups[1].Value),
            Microseconds(Percentile(output, 50)),
            Microseconds(Percentile(output, 99)));
    }

    private static Match Percentile(string output, int percent) =>
        Regex.Match(output, $@"^\s+{percent}%\s+([\d.]+)(us|ms|s)", RegexOptions.Multiline, TimeSpan.FromSeconds(1));

    private static double Microseconds(Match match) => double.Parse(match.Groups[1].Value) * match.Groups[2].Value switch
    {
        "us" => 1,
        "ms" => 1_000,
        _ => 1_000_000,
    };

    [GeneratedRegex(@"(\d+) requests in", RegexOptions.None, 1000)]
    private static partial Regex Total();

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)", RegexOptions.None, 1000)]
    private static partial Regex Rate();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)", RegexOptions.None, 1000)]
    private static partial Regex Non2xx();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", RegexOptions.None, 1000)]
    private static partial Regex SocketErrors();
}
