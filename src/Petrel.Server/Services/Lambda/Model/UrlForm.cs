using System.Net;
using Petrel.Aws.Lambda;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>Function URLs as callers see them, and the ids in them.</summary>
internal static class UrlForm
{
    private const string IdCharacters = "abcdefghijklmnopqrstuvwxyz234567";
    private const int IdLength = 32;

    public static string NewId(IIdSource ids)
    {
        Span<byte> random = stackalloc byte[IdLength];
        ids.Fill(random);
        return string.Create(IdLength, random, static (id, random) =>
        {
            for (var i = 0; i < id.Length; i++)
            {
                id[i] = IdCharacters[random[i] & 31];
            }
        });
    }

    /// <summary>The URL under the host that the caller asked; an address has no names below it, so there the id stands in the path.</summary>
    public static string Url(string urlId, CallContext call)
    {
        var endpoint = call.Endpoint;
        var port = endpoint.IsDefaultPort ? "" : $":{endpoint.Port}";
        return IPAddress.TryParse(endpoint.Host.Trim('[', ']'), out _)
            ? $"{endpoint.Scheme}://{endpoint.Host}{port}/_url/{urlId}/"
            : $"{endpoint.Scheme}://{urlId}.lambda-url.{call.Region}.{endpoint.Host}{port}/";
    }

    /// <summary>ISO 8601 with microseconds.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");

    public static FunctionUrlConfig View(FunctionKey key, UrlRecord url, CallContext call) => new(
        FunctionUrl: Url(url.UrlId, call),
        FunctionArn: key.QualifiedArn(url.Qualifier),
        AuthType: url.AuthType,
        CreationTime: Time(url.Created),
        LastModifiedTime: Time(url.LastModified),
        Cors: View(url.Cors),
        InvokeMode: url.InvokeMode);

    public static Cors? View(CorsRecord? cors) => cors is null
        ? null
        : new Cors(
            cors.AllowCredentials,
            cors.AllowHeaders?.ToList(),
            cors.AllowMethods?.ToList(),
            cors.AllowOrigins?.ToList(),
            cors.ExposeHeaders?.ToList(),
            cors.MaxAge);

    /// <summary>The settings of a request; an empty object takes them away.</summary>
    public static CorsRecord? Read(Cors? cors)
    {
        if (cors is null or { AllowCredentials: null, AllowHeaders: null, AllowMethods: null, AllowOrigins: null, ExposeHeaders: null, MaxAge: null })
        {
            return null;
        }

        foreach (var method in cors.AllowMethods ?? [])
        {
            if (method is not ("*" or "GET" or "PUT" or "HEAD" or "POST" or "PATCH" or "DELETE"))
            {
                throw CommonException.Validation(
                    $"1 validation error detected: Value '[{string.Join(", ", cors.AllowMethods!)}]' at 'cors.allowMethods' failed to satisfy "
                    + "constraint: Member must satisfy enum value set: [GET, PUT, HEAD, POST, PATCH, DELETE, *]");
            }
        }

        return new CorsRecord(
            cors.AllowCredentials,
            cors.AllowHeaders?.ToArray(),
            cors.AllowMethods?.ToArray(),
            cors.AllowOrigins?.ToArray(),
            cors.ExposeHeaders?.ToArray(),
            cors.MaxAge);
    }
}
