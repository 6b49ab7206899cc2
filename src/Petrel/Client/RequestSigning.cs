using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Petrel.Wire.Signing;

namespace Petrel.Client;

/// <summary>Signs the commands' requests with the same code that the daemon verifies them with.</summary>
internal static class RequestSigning
{
    public static void Sign(HttpRequestMessage request, byte[] body, Connection connection, string service, DateTimeOffset now)
    {
        var credentials = connection.Credentials;
        request.Headers.Add("X-Amz-Date", now.UtcDateTime.ToString(RequestSigner.TimeFormat, CultureInfo.InvariantCulture));
        if (credentials.SessionToken is { } token)
        {
            request.Headers.Add("X-Amz-Security-Token", token);
        }

        var headers = new HeaderDictionary { ["host"] = request.RequestUri!.Authority };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase))
            {
                headers[name] = values.ToString();
            }
        }

        var signed = headers.Keys.Select(n => n.ToLowerInvariant()).Order(StringComparer.Ordinal).ToArray();
        var input = new SigningInput
        {
            Method = request.Method.Method,
            RawPath = request.RequestUri.AbsolutePath,
            RawQuery = request.RequestUri.Query.TrimStart('?'),
            Headers = headers,
            PayloadHash = headers.TryGetValue("x-amz-content-sha256", out var declared) ? declared.ToString() : Convert.ToHexStringLower(SHA256.HashData(body)),
            Path = PathOf(service),
        };
        var authorization = RequestSigner.Authorize(
            input, credentials.AccessKeyId, credentials.SecretAccessKey, connection.Region, service, now, signed);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
    }

    /// <summary>A URL that carries its signature, over everything but the body.</summary>
    public static Uri Presign(HttpRequestMessage request, Connection connection, string service, TimeSpan validity, DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString(RequestSigner.TimeFormat, CultureInfo.InvariantCulture);
        var credential = $"{connection.Credentials.AccessKeyId}/{stamp[..8]}/{connection.Region}/{service}/aws4_request";
        var query = $"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={Uri.EscapeDataString(credential)}&X-Amz-Date={stamp}"
            + $"&X-Amz-Expires={(int)validity.TotalSeconds}&X-Amz-SignedHeaders=host"
            + (connection.Credentials.SessionToken is { } token ? $"&X-Amz-Security-Token={Uri.EscapeDataString(token)}" : "");
        var address = request.RequestUri!;
        var input = new SigningInput
        {
            Method = request.Method.Method,
            RawPath = address.AbsolutePath,
            RawQuery = query,
            Headers = new HeaderDictionary { ["host"] = address.Authority },
            PayloadHash = SignatureVerifier.UnsignedPayload,
            Path = PathOf(service),
        };
        var authorization = RequestSigner.Authorize(
            input, connection.Credentials.AccessKeyId, connection.Credentials.SecretAccessKey, connection.Region, service, now, ["host"]);
        var signature = authorization[(authorization.LastIndexOf('=') + 1)..];
        return new Uri(
            $"{address.GetLeftPart(UriPartial.Authority)}{address.AbsolutePath}?{query}&X-Amz-Signature={signature}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    private static PathRule PathOf(string service) => service == "s3" ? PathRule.AsIs : PathRule.Normalised;
}
