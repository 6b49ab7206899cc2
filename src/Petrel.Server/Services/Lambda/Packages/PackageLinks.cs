using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Petrel.Server.Security;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Packages;

/// <summary>Links from which a package can be downloaded for ten minutes, without signing the request: whoever has the link may use it.</summary>
internal sealed class PackageLinks(ISecretBox box, TimeProvider time)
{
    public const string Prefix = "/_petrel/lambda/packages/";

    private const string Purpose = "lambda-package-link";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    public string Create(string sha256, CallContext call)
    {
        var expires = (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds();
        var token = box.Seal(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{expires}:{sha256}")), Purpose);
        return new Uri(call.Endpoint, Prefix + Base64Url.EncodeToString(token)).ToString();
    }

    /// <summary>The package's hash; null when the link is none of ours or its time is over.</summary>
    public string? Open(string token)
    {
        if (!Base64Url.IsValid(token) || !box.TryOpen(Base64Url.DecodeFromChars(token), Purpose, out var plain))
        {
            return null;
        }

        var parts = Encoding.UTF8.GetString(plain).Split(':');
        return long.Parse(parts[0], CultureInfo.InvariantCulture) >= time.GetUtcNow().ToUnixTimeSeconds() ? parts[1] : null;
    }
}
