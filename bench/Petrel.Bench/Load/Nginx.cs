using System.Diagnostics;

namespace Petrel.Bench.Load;

/// <summary>nginx serving the files of a folder, as a measure of what these cores can send: one worker for each, no logs.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private Nginx(Process process, string folder, Uri endpoint) => (_process, _folder, Endpoint) = (process, folder, endpoint);

    public Uri Endpoint { get; }

    /// <param name="files">Names and sizes of the files to serve.</param>
    /// <returns>Null where nginx is not installed.</returns>
    public static async Task<Nginx?> StartAsync(IReadOnlyDictionary<string, byte[]> files, CancellationToken cancellationToken)
    {
        if (!File.Exists("/usr/sbin/nginx"))
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("petrel-nginx-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)Convert.ToInt32("755", 8));
        var port = Ports.Free();
        foreach (var (name, bytes) in files)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, name), bytes, cancellationToken);
        }

        var config = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(
            config,
            $$"""
            daemon off;
            worker_processes 2;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            events { worker_connections 1024; }
            http {
              access_log off;
              sendfile on;
              tcp_nopush on;
              keepalive_requests 100000000;
              server { listen 127.0.0.1:{{port}}; root {{folder}}; }
            }
            """,
            cancellationToken);
        var process = Process.Start(new ProcessStartInfo("/usr/sbin/nginx", ["-c", config, "-e", Path.Combine(folder, "error.log")]))!;
        var endpoint = new Uri($"http://127.0.0.1:{port}/");
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(endpoint, cancellationToken);
                return new Nginx(process, folder, endpoint);
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                await Task.Delay(5, cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
