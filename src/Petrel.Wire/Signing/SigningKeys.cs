using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Petrel.Wire.Signing;

/// <summary>
/// Keys derived from secrets for one day, region and service. Deriving takes four HMACs, so they are kept; all go
/// when there are too many, which keeps yesterday's from gathering.
/// </summary>
internal static class SigningKeys
{
    private const int MaxCached = 8_192;

    private static readonly ConcurrentDictionary<Id, byte[]> Cache = [];

    private readonly record struct Id(string Secret, string Scope);

    public static ReadOnlySpan<byte> Get(string secret, CredentialScope scope)
    {
        var id = new Id(secret, scope.Text);
        if (Cache.TryGetValue(id, out var key))
        {
            return key;
        }

        key = Derive(secret, scope);
        if (Cache.Count >= MaxCached)
        {
            Cache.Clear();
        }

        Cache[id] = key;
        return key;
    }

    private static byte[] Derive(string secret, CredentialScope scope)
    {
        var date = HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secret), Encoding.UTF8.GetBytes(scope.Date));
        var region = HMACSHA256.HashData(date, Encoding.UTF8.GetBytes(scope.Region));
        var service = HMACSHA256.HashData(region, Encoding.UTF8.GetBytes(scope.Service));
        return HMACSHA256.HashData(service, "aws4_request"u8);
    }
}
