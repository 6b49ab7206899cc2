using System.Security.Cryptography.X509Certificates;
using Petrel.Server.Settings;

namespace Petrel.Server.Edge;

/// <summary>The endpoints behind the port.</summary>
internal sealed class EdgeFeeds(PetrelOptions options) : IDisposable
{
    /// <summary>HTTP/2 without TLS.</summary>
    public ConnectionFeed Http2 { get; } = new("http2");

    public ConnectionFeed Tls { get; } = new("tls");

    /// <summary>Connections from sandboxes.</summary>
    public ConnectionFeed Sandboxes { get; } = new("sandboxes");

    public X509Certificate2? Certificate { get; } = Load(options.Edge);

    public bool HasTls => Certificate is not null;

    public void Dispose() => Certificate?.Dispose();

    private static X509Certificate2? Load(EdgeOptions edge)
    {
        if (edge.Certificate is not { } path)
        {
            return null;
        }

        try
        {
            return path.EndsWith(".pem", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".crt", StringComparison.OrdinalIgnoreCase)
                ? X509Certificate2.CreateFromPemFile(path, edge.CertificateKey)
                : X509CertificateLoader.LoadPkcs12FromFile(path, null);
        }
        catch (Exception unreadable) when (unreadable is IOException or System.Security.Cryptography.CryptographicException)
        {
            throw new SettingsException([$"edge.certificate: {path} cannot be read: {unreadable.Message}"]);
        }
    }
}
