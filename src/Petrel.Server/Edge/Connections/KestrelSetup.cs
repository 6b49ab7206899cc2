using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Petrel.Server.Settings;

namespace Petrel.Server.Edge;

/// <summary>Kestrel's endpoints and limits.</summary>
internal sealed class KestrelSetup(PetrelOptions options, EdgeFeeds feeds, ProtocolSniffer sniffer) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions kestrel)
    {
        var edge = options.Edge;
        RootKeyFile.RequireForBind(options);
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;

        // Metadata of objects and messages of errors may be in any language.
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.UTF8;

        // Every body has a limit of its own, checked where the operation is known.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(edge.HeaderTimeoutSeconds);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(edge.MinBodyBytesPerSecond, TimeSpan.FromSeconds(edge.BodyGraceSeconds));

        // Invocations answer when the function does, up to fifteen minutes after the request; reading the answer is the client's affair.
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(5);
        kestrel.Listen(Address(edge.Bind), edge.Port, listen => Sniffed(listen));
        kestrel.Listen(feeds.Sandboxes, listen => Sniffed(listen));
        kestrel.Listen(feeds.Http2, static listen => listen.Protocols = HttpProtocols.Http2);
        if (feeds.Certificate is { } certificate)
        {
            kestrel.Listen(feeds.Tls, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(certificate);
            });
        }
    }

    private void Sniffed(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection => sniffer.ServeAsync(connection, next));
    }

    private static IPAddress Address(string bind) => bind switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ => IPAddress.TryParse(bind, out var address) ? address : throw new SettingsException([$"edge.bind: {bind} is not an address"]),
    };
}
