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
            PayloadHash = Convert.ToHexStringLower(SHA256.HashData(body)),
        };
        var authorization = RequestSigner.Authorize(
            input, credentials.AccessKeyId, credentials.SecretAccessKey, connection.Region, service, now, signed);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
    }
}
