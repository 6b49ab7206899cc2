using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

[assembly: AssemblyFixture(typeof(Petrel.Conformance.DynamoDb.Dynalite))]

namespace Petrel.Conformance.DynamoDb;

/// <summary>
/// dynalite: a server for tests by others that was made by comparing it with the real service, message by message. It runs in a process of
/// its own, from the first test that needs it.
/// </summary>
public sealed class Dynalite : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Packages = new(() => NodePackages.InstallAsync(Path.Combine(AppContext.BaseDirectory, "drivers", "tables")));

    private readonly Lazy<Task<(Process Process, Uri Endpoint)>> _server = new(StartAsync);

    public async Task<Uri> EndpointAsync() => (await _server.Value).Endpoint;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            var (process, _) = await _server.Value;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>The folder with its package, and those of the clients that speak to tables.</summary>
    internal static Task<string> PackagesAsync() => Packages.Value;

    private static async Task<(Process Process, Uri Endpoint)> StartAsync()
    {
        var packages = await PackagesAsync();
        var port = FreePort();
        string[] arguments =
        [
            Path.Combine(packages, "node_modules/dynalite/cli.js"), "--host", "127.0.0.1", "--port", $"{port}",
            "--createTableMs", "0", "--updateTableMs", "0", "--deleteTableMs", "0",
        ];
        var process = Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line && !line.Contains("listening", StringComparison.Ordinal))
        {
            // It says more before that only when it fails.
        }

        Assert.False(process.HasExited, "dynalite did not start.");
        return (process, new Uri($"http://127.0.0.1:{port}"));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
