using Petrel.Server;
using Petrel.Server.Settings;

[assembly: AssemblyFixture(typeof(Petrel.Conformance.Daemon))]

namespace Petrel.Conformance;

/// <summary>
/// The daemon that all tests share, in this process and with sandboxes as in production, and the clients that speak to it. Every test
/// takes an account of its own, so that all run at once.
/// </summary>
public sealed class Daemon : IAsyncLifetime
{
    public const string Region = "us-east-1";

    private static readonly string Drivers = Path.Combine(AppContext.BaseDirectory, "drivers");

    private static readonly Lazy<Task<string>> Framework = new(() => NodePackages.InstallAsync(Path.Combine(Drivers, "framework")));

    private readonly string _data = Path.Combine(Path.GetTempPath(), "petrel-conformance-" + Guid.CreateVersion7().ToString("n")[20..]);
    private readonly Lazy<ClientProcess> _boto;
    private readonly Lazy<ClientProcess> _cli;
    private readonly Lazy<Task<ClientProcess>> _sdk;
    private PetrelServer? _server;
    private int _lastAccount;

    public Daemon()
    {
        _boto = new(() => new ClientProcess("python3", Drivers, "boto_driver.py", Endpoint.ToString()));
        _cli = new(() => new ClientProcess("python3", Drivers, "aws_driver.py", Endpoint.ToString()));
        _sdk = new(StartSdkAsync);
    }

    /// <summary>By name, so that function URLs in answers are hosts below it.</summary>
    public Uri Endpoint => new($"http://localhost:{_server!.Endpoint.Port}");

    public string Data => _data;

    /// <summary>For function URLs: resolves every name below <c>localhost</c> to this daemon, as curl and browsers do.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectCallback = static async (context, cancellationToken) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(System.Net.IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        },
    });

    internal Client NewBoto() => new(_boto.Value, NewAccount(), Region);

    internal Client BotoOf(string account) => new(_boto.Value, account, Region);

    internal Cli NewCli() => new(_cli.Value, NewAccount(), Region);

    internal async Task<Client> NewSdkAsync() => new(await _sdk.Value, NewAccount(), Region);

    public async ValueTask InitializeAsync()
    {
        var options = new PetrelOptions
        {
            Edge = new EdgeOptions { Port = 0 },
            Storage = new StorageOptions { Data = _data },
        };
        _server = await PetrelServer.StartAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in new[] { _boto, _cli })
        {
            if (client.IsValueCreated)
            {
                await client.Value.DisposeAsync();
            }
        }

        if (_sdk.IsValueCreated)
        {
            await (await _sdk.Value).DisposeAsync();
        }

        Http.Dispose();
        await _server!.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>A folder with Google's framework for functions, as npm installs it.</summary>
    internal static Task<string> FrameworkAsync() => Framework.Value;

    private string NewAccount() => $"{500_000_000_000 + Interlocked.Increment(ref _lastAccount)}";

    private async Task<ClientProcess> StartSdkAsync()
    {
        var home = await NodePackages.InstallAsync(Drivers);
        File.Copy(Path.Combine(Drivers, "sdk_driver.mjs"), Path.Combine(home, "sdk_driver.mjs"), overwrite: true);
        return new ClientProcess("node", home, "sdk_driver.mjs", Endpoint.ToString());
    }
}
