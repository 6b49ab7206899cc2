using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Petrel.Server;
using Petrel.Server.Settings;

using Petrel.Testing;

namespace Petrel.Tests.Telemetry;

public sealed class OtlpTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("petrel-otlp-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("", null, "/v1/")]
    [InlineData("/collector", "http", "/collector/v1/")]
    [InlineData("", "grpc", "/opentelemetry.proto.collector.")]
    public async Task Otlp_EndpointIsSet_ReceivesTracesAndMetrics(string path, string? protocol, string received)
    {
        var posts = new ConcurrentQueue<(string Path, long Bytes)>();
        await using var receiver = await ReceiveAsync(posts, protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await using var server = await PetrelServer.StartAsync(new PetrelOptions
        {
            Edge = new EdgeOptions { Port = 0 },
            Storage = new StorageOptions { Data = _folder.FullName, Engine = "memory" },
            Telemetry = new TelemetryOptions { OtlpEndpoint = new Uri(receiver.Urls.Single() + path), OtlpProtocol = protocol },
        });
        using var client = new HttpClient();
        await client.GetStringAsync(new Uri(server.Endpoint, "/_petrel/health"), TestContext.Current.CancellationToken);
        await Eventually.IsTrueAsync(() =>
        {
            server.Services.GetRequiredService<TracerProvider>().ForceFlush(5_000);
            server.Services.GetRequiredService<MeterProvider>().ForceFlush(5_000);
            return Has("trace") && Has("metrics");
        });

        bool Has(string signal) => posts.Any(p =>
            p.Bytes > 0 && p.Path.StartsWith(received, StringComparison.Ordinal) && p.Path.Contains(signal, StringComparison.Ordinal));
    }

    private static async Task<WebApplication> ReceiveAsync(ConcurrentQueue<(string, long)> posts, HttpProtocols protocols)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        var app = builder.Build();
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            posts.Enqueue((http.Request.Path, body.Length));
        });
        await app.StartAsync();
        return app;
    }
}
