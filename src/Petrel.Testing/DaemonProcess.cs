using System.Diagnostics;
using System.Text;

namespace Petrel.Testing;

/// <summary>A daemon in a process of its own, as people run it, which a test may kill at any moment and start again on the same data.</summary>
public sealed class DaemonProcess : IAsyncDisposable
{
    private const string Serves = " serves ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _endpoint = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DaemonProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Endpoint => _endpoint.Task.Result;

    /// <summary>Starts a daemon on a data folder and a free port, and waits until it serves.</summary>
    public static async Task<DaemonProcess> StartAsync(string data, int port = 0)
    {
        var start = new ProcessStartInfo(FindProgram(), ["serve", "--port", $"{port}", "--data", data])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var daemon = new DaemonProcess(Process.Start(start)!);
        _ = daemon._process.WaitForExitAsync().ContinueWith(
            _ => daemon._endpoint.TrySetException(new InvalidOperationException($"The daemon ended: {daemon._output}")),
            TaskScheduler.Default);
        await daemon._endpoint.Task.WaitAsync(Patience);
        return daemon;
    }

    public int ProcessId => _process.Id;

    /// <summary>What it has written to its terminal.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Ends it as an operator does, and waits until it has.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>Ends it as a loss of power would: without a chance to write anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        var at = line.IndexOf(Serves, StringComparison.Ordinal);
        if (at > 0 && Uri.TryCreate(line[(at + Serves.Length)..].Split(' ')[0], UriKind.Absolute, out var endpoint))
        {
            _endpoint.TrySetResult(endpoint);
        }
    }

    /// <summary>The program as the solution built it, in the configuration of the test itself.</summary>
    private static string FindProgram()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        var configuration = folder.Parent!.Name;
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Petrel.slnx")))
        {
            folder = folder.Parent;
        }

        return Directory.EnumerateFiles(Path.Combine(folder!.FullName, "src/Petrel/bin", configuration), "petrel", SearchOption.AllDirectories).First();
    }
}
