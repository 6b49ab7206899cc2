using System.Diagnostics;
using System.Net;

namespace Petrel.Bench.Load;

/// <summary>A daemon of its own port and data folder, started from the published program and ended with the run.</summary>
internal sealed class MeasuredDaemon : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _data;

    private MeasuredDaemon(Process process, Uri endpoint, string data, TimeSpan ready) =>
        (_process, Endpoint, _data, StartToReady) = (process, endpoint, data, ready);

    public Uri Endpoint { get; }

    public int Pid => _process.Id;

    /// <summary>From the start of the process to the first 200 of the health page.</summary>
    public TimeSpan StartToReady { get; }

    public string LogFile => Path.Combine(_data, "daemon.log");

    public static Task<MeasuredDaemon> StartAsync(BenchContext context, CancellationToken cancellationToken) =>
        StartAsync(context, Directory.CreateTempSubdirectory("petrel-bench-").FullName, cancellationToken);

    /// <summary>Ends this daemon and starts another on its data.</summary>
    public async Task<MeasuredDaemon> RestartAsync(BenchContext context, CancellationToken cancellationToken)
    {
        await StopAsync();
        return await StartAsync(context, _data, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Directory.Exists(_data))
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    private static async Task<MeasuredDaemon> StartAsync(BenchContext context, string data, CancellationToken cancellationToken)
    {
        var port = Ports.Free();
        var endpoint = new Uri($"http://127.0.0.1:{port}");
        var clock = Stopwatch.StartNew();
        var process = Process.Start(new ProcessStartInfo("/bin/sh",
        [
            "-c", "exec \"$0\" serve --port \"$1\" --data \"$2\" >\"$2/daemon.log\" 2>&1", context.DaemonProgram, $"{port}", data,
        ]))!;
        using var http = new HttpClient { BaseAddress = endpoint };
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (process.HasExited)
            {
                throw new InvalidOperationException($"The daemon ended with {process.ExitCode}:\n{File.ReadAllText(Path.Combine(data, "daemon.log"))}");
            }

            try
            {
                using var answer = await http.GetAsync("/_petrel/health", cancellationToken);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return new MeasuredDaemon(process, endpoint, data, clock.Elapsed);
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(2, cancellationToken);
        }
    }

    private async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await _process.WaitForExitAsync();
        }
    }
}
