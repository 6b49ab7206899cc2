using System.Diagnostics;
using System.Net;

namespace Petrel.Bench.Load;

/// <summary>Calls public function URLs over kept connections, and takes the time from request to the whole answer.</summary>
internal sealed class Caller : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10) }) { Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>The answer's time in ms. Anything but a 200 is an error: a figure made of failures means nothing.</summary>
    public async Task<double> TimeMsAsync(Uri url, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await _http.GetAsync(url, cancellationToken);
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return answer.StatusCode == HttpStatusCode.OK ? took : throw new InvalidOperationException($"{url} answered {(int)answer.StatusCode}: {body}");
    }

    public Task<string> TextAsync(Uri url, CancellationToken cancellationToken) => _http.GetStringAsync(url, cancellationToken);

    /// <summary>Opens the connection, so that no measured call does.</summary>
    public async Task ConnectAsync(MeasuredDaemon daemon, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(new Uri(daemon.Endpoint, "/_petrel/health"), cancellationToken);
    }

    public void Dispose() => _http.Dispose();
}
