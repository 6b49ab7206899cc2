using System.Buffers;
using System.Buffers.Text;
using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Urls;

/// <summary>What of an event does not stand in the request itself.</summary>
/// <param name="UrlId">The id in the URL's host.</param>
/// <param name="DomainName">The host under which the URL answers, as asked.</param>
/// <param name="PathPrefix">What stands before the function's own path when the URL was called by path.</param>
/// <param name="SignedBy">The verified caller of a URL with <c>AWS_IAM</c>; null for <c>NONE</c>.</param>
internal readonly record struct UrlEventSource(
    string UrlId,
    string DomainName,
    int PathPrefix,
    string RequestId,
    string TraceId,
    DateTimeOffset Time,
    Principal? SignedBy);

/// <summary>
/// Writes an HTTP request as an event of payload format 2.0. Every request of a function URL passes here, so it writes straight from the
/// request into the buffer that goes to the function.
/// </summary>
internal static class UrlEvent
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>Names of usual headers, lower-cased and encoded once.</summary>
    private static readonly FrozenDictionary<string, JsonEncodedText> KnownHeaders = new[]
    {
        HeaderNames.Accept, HeaderNames.AcceptEncoding, HeaderNames.AcceptLanguage, HeaderNames.Authorization, HeaderNames.CacheControl,
        HeaderNames.ContentLength, HeaderNames.ContentType, HeaderNames.Host, HeaderNames.Origin, HeaderNames.Referer, HeaderNames.UserAgent,
        "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-SHA256",
    }.ToFrozenDictionary(name => name, name => JsonEncodedText.Encode(name.ToLowerInvariant()), StringComparer.OrdinalIgnoreCase);

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    public static void Write(IBufferWriter<byte> buffer, HttpContext http, in UrlEventSource source, ReadOnlySpan<byte> body)
    {
        var json = _writer ??= new Utf8JsonWriter(buffer, Options);
        json.Reset(buffer);
        var (path, query) = SplitTarget(http, source.PathPrefix);
        json.WriteStartObject();
        json.WriteString("version"u8, "2.0"u8);
        json.WriteString("routeKey"u8, "$default"u8);
        json.WriteString("rawPath"u8, path);
        json.WriteString("rawQueryString"u8, query);
        WriteCookies(json, http.Request.Headers.Cookie);
        WriteHeaders(json, http, source);
        UrlQuery.Write(json, query);
        WriteContext(json, http, source, path);
        WriteBody(json, http.Request.ContentType, body);
        json.WriteEndObject();
        json.Flush();
    }

    /// <summary>The path and query as the client wrote them, undecoded; the path without what addresses the URL itself.</summary>
    private static (ReadOnlyMemory<char> Path, ReadOnlyMemory<char> Query) Split(ReadOnlyMemory<char> target, int prefix)
    {
        var at = target.Span.IndexOf('?');
        var path = at < 0 ? target : target[..at];
        path = path[Math.Min(prefix, path.Length)..];
        return (path.IsEmpty ? "/".AsMemory() : path, at < 0 ? default : target[(at + 1)..]);
    }

    /// <summary>Path and query as the client wrote them.</summary>
    public static string TargetOf(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        return string.IsNullOrEmpty(target) || target[0] != '/' ? http.Request.PathBase + http.Request.Path + http.Request.QueryString : target;
    }

    private static (string Path, string Query) SplitTarget(HttpContext http, int prefix)
    {
        var target = TargetOf(http);
        var (path, query) = Split(target.AsMemory(), prefix);
        return (path.Length == target.Length ? target : path.ToString(), query.ToString());
    }

    private static void WriteCookies(Utf8JsonWriter json, StringValues cookies)
    {
        if (cookies.Count == 0)
        {
            return;
        }

        json.WriteStartArray("cookies"u8);
        foreach (var line in cookies)
        {
            foreach (var cookie in line.AsSpan().Split(';'))
            {
                var text = line.AsSpan()[cookie].Trim();
                if (!text.IsEmpty)
                {
                    json.WriteStringValue(text);
                }
            }
        }

        json.WriteEndArray();
    }

    private static void WriteHeaders(Utf8JsonWriter json, HttpContext http, in UrlEventSource source)
    {
        json.WriteStartObject("headers"u8);
        foreach (var (name, value) in http.Request.Headers)
        {
            if (!IsTransport(name))
            {
                WriteHeader(json, name, value);
            }
        }

        json.WriteString("x-amzn-trace-id"u8, source.TraceId);
        json.WriteString("x-forwarded-proto"u8, http.Request.Scheme);
        WritePort(json, http);
        WriteAddress(json, "x-forwarded-for"u8, http.Connection.RemoteIpAddress);
        json.WriteEndObject();
    }

    /// <summary>Headers of the connection, those that stand elsewhere in the event, and those that the platform itself says.</summary>
    private static bool IsTransport(string name) => name.Length switch
    {
        6 => name.Equals(HeaderNames.Cookie, StringComparison.OrdinalIgnoreCase),
        7 => name.Equals(HeaderNames.Upgrade, StringComparison.OrdinalIgnoreCase),
        10 => name.Equals(HeaderNames.Connection, StringComparison.OrdinalIgnoreCase) || name.Equals("Keep-Alive", StringComparison.OrdinalIgnoreCase),
        15 => name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) && IsForwarded(name),
        16 => name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) && IsForwarded(name),
        17 => name.Equals(HeaderNames.TransferEncoding, StringComparison.OrdinalIgnoreCase) || IsForwarded(name),
        _ => false,
    };

    private static bool IsForwarded(string name) =>
        name.Equals("X-Amzn-Trace-Id", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-Forwarded-For", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-Forwarded-Port", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-Forwarded-Proto", StringComparison.OrdinalIgnoreCase);

    private static void WriteHeader(Utf8JsonWriter json, string name, StringValues value)
    {
        var text = value.Count == 1 ? value[0] : string.Join(',', (IEnumerable<string?>)value);
        if (KnownHeaders.TryGetValue(name, out var known))
        {
            json.WriteString(known, text);
            return;
        }

        var lower = name.Length <= 128 ? stackalloc char[name.Length] : new char[name.Length];
        name.AsSpan().ToLowerInvariant(lower);
        json.WriteString(lower, text);
    }

    private static void WriteContext(Utf8JsonWriter json, HttpContext http, in UrlEventSource source, string path)
    {
        json.WriteStartObject("requestContext"u8);
        json.WriteString("accountId"u8, source.SignedBy?.Account ?? "anonymous");
        json.WriteString("apiId"u8, source.UrlId);
        if (source.SignedBy is { } caller)
        {
            WriteAuthorizer(json, caller);
        }

        json.WriteString("domainName"u8, source.DomainName);
        json.WriteString("domainPrefix"u8, source.UrlId);
        json.WriteStartObject("http"u8);
        json.WriteString("method"u8, http.Request.Method);
        json.WriteString("path"u8, path);
        json.WriteString("protocol"u8, http.Request.Protocol);
        WriteAddress(json, "sourceIp"u8, http.Connection.RemoteIpAddress);
        json.WriteString("userAgent"u8, http.Request.Headers.UserAgent.ToString());
        json.WriteEndObject();
        json.WriteString("requestId"u8, source.RequestId);
        json.WriteString("routeKey"u8, "$default"u8);
        json.WriteString("stage"u8, "$default"u8);
        WriteTime(json, source.Time);
        json.WriteEndObject();
    }

    private static void WriteAuthorizer(Utf8JsonWriter json, Principal caller)
    {
        json.WriteNull("authentication"u8);
        json.WriteStartObject("authorizer"u8);
        json.WriteStartObject("iam"u8);
        json.WriteString("accessKey"u8, caller.AccessKeyId);
        json.WriteString("accountId"u8, caller.Account);
        json.WriteString("callerId"u8, caller.PrincipalId);
        json.WriteNull("cognitoIdentity"u8);
        json.WriteNull("principalOrgId"u8);
        json.WriteString("userArn"u8, caller.Arn);
        json.WriteString("userId"u8, caller.PrincipalId);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, DateTimeOffset time)
    {
        Span<char> text = stackalloc char[32];
        time.UtcDateTime.TryFormat(text, out var length, "dd/MMM/yyyy:HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
        json.WriteString("time"u8, text[..length]);
        json.WriteNumber("timeEpoch"u8, time.ToUnixTimeMilliseconds());
    }

    private static void WritePort(Utf8JsonWriter json, HttpContext http)
    {
        Span<byte> text = stackalloc byte[8];
        Utf8Formatter.TryFormat(http.Connection.LocalPort, text, out var length);
        json.WriteString("x-forwarded-port"u8, text[..length]);
    }

    private static void WriteAddress(Utf8JsonWriter json, ReadOnlySpan<byte> name, IPAddress? address)
    {
        Span<char> text = stackalloc char[64];
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address ?? IPAddress.Loopback;
        address.TryFormat(text, out var length);
        json.WriteString(name, text[..length]);
    }

    private static void WriteBody(Utf8JsonWriter json, string? contentType, ReadOnlySpan<byte> body)
    {
        var asText = body.IsEmpty || (IsText(contentType) && Utf8.IsValid(body));
        if (asText && !body.IsEmpty)
        {
            json.WriteString("body"u8, body);
        }
        else if (!body.IsEmpty)
        {
            json.WriteBase64String("body"u8, body);
        }

        json.WriteBoolean("isBase64Encoded"u8, !asText);
    }

    /// <summary>Texts, JSON, XML and scripts travel as they are; everything else (forms too) as base64.</summary>
    private static bool IsText(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("xml", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("javascript", StringComparison.OrdinalIgnoreCase);
    }
}
