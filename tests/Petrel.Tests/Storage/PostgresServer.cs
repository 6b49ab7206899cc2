using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Storage;
using Petrel.Storage.Postgres;

namespace Petrel.Tests.Storage;

/// <summary>
/// A PostgreSQL of the test's own: a new cluster in a temporary folder, reached by a socket in it, run by an unprivileged user (it refuses
/// root), without fsync: no suite that uses it tests durability.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Binaries = "/usr/lib/postgresql/15/bin";
    private readonly TemporaryFolder _folder = new();
    private Process? _server;

    public string ConnectionString => $"Host={_folder.Path};Username=petrel;Database=postgres;Maximum Pool Size=40";

    public async ValueTask InitializeAsync()
    {
        Assert.True(Directory.Exists(Binaries), $"PostgreSQL 15 is missing ({Binaries}); ./test installs it, or: apt-get install postgresql-15");
        var data = Path.Combine(_folder.Path, "data");
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "postgres", _folder.Path);
        }

        await RunAsync([.. AsUser, $"{Binaries}/initdb", "-D", data, "-U", "petrel", "-A", "trust", "-N", "--encoding=UTF8", "--locale=C"]);

        // The shell stops the server (SIGINT: disconnect everybody) when its standard input ends, also when this program is killed.
        _server = Start([.. AsUser, "sh", "-c", "\"$@\" & cat > /dev/null; kill -INT $!; wait $!", "sh", $"{Binaries}/postgres", "-D", data, "-k", _folder.Path, "-c", "listen_addresses=", "-c", "fsync=off",
            "-c", "max_connections=120", "-c", "shared_buffers=32MB"]);
        await WaitUntilReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _server.StandardInput.Close();
            await _server.WaitForExitAsync();
            _server.Dispose();
        }

        _folder.Dispose();
    }

    internal Task<PostgresStore> OpenAsync() =>
        PostgresStore.OpenAsync(ConnectionString, new StorageServices(TimeProvider.System, new SystemIdSource(), NullLogger.Instance));

    private static string[] AsUser => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        : [];

    private static Process Start(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = "/" };
        return Process.Start(start)!;
    }

    private static async Task RunAsync(params string[] command)
    {
        using var process = Start(command);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: {error}{await output}");
    }

    /// <summary>The server says on its standard error when it takes connections.</summary>
    private async Task WaitUntilReadyAsync()
    {
        var said = "";
        while (await _server!.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
        {
            said += line + "\n";
            if (line.Contains("ready to accept connections", StringComparison.Ordinal))
            {
                _ = _server.StandardError.ReadToEndAsync();
                _ = _server.StandardOutput.ReadToEndAsync();
                return;
            }
        }

        Assert.Fail(said);
    }
}

/// <summary>One server for all suites on PostgreSQL.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}
