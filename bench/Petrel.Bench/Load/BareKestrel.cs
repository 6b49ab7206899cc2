using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Petrel.Bench.Load;

/// <summary>The yardstick: a Kestrel that answers hello and does nothing else, in a process of its own.</summary>
internal sealed class BareKestrel : IAsyncDisposable
{
    public const string Command = "bare-kestrel";

    private readonly Process _process;

    private BareKestrel(Process process, Uri endpoint) => (_process, Endpoint) = (process, endpoint);

    public Uri Endpoint { get; }

    public static async Task<BareKestrel> StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Command]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var process = Process.Start(start)!;
        var address = await process.StandardOutput.ReadLineAsync(cancellationToken);
        return new BareKestrel(process, new Uri(address!));
    }

    /// <summary>The child's side: serves until its standard input closes.</summary>
    public static async Task ServeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        var hello = "Hello from Kestrel"u8.ToArray();
        app.Run(http =>
        {
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = hello.Length;
            return http.Response.Body.WriteAsync(hello, 0, hello.Length);
        });
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        await Console.In.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        using (_process)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
        }
    }
}
