using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Petrel.Server.Services.Lambda.Urls;

/// <summary>The headers and cookies that a function gives its answer.</summary>
internal static class UrlAnswerHeaders
{
    /// <summary>Headers of the connection and of the body's framing are the platform's own: a function's are left out.</summary>
    private static readonly FrozenSet<string> Framing = new[]
    {
        HeaderNames.Connection, HeaderNames.ContentLength, HeaderNames.KeepAlive, HeaderNames.TransferEncoding, HeaderNames.Upgrade,
        HeaderNames.Trailer, HeaderNames.TE, HeaderNames.ProxyAuthenticate, HeaderNames.ProxyConnection,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly SearchValues<char> ValueCharacters = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Select(c => (char)c), '\t']);

    /// <summary>False when a name or value cannot stand in an HTTP header.</summary>
    public static bool TryWrite(IHeaderDictionary headers, ReadOnlySpan<byte> given, ReadOnlySpan<byte> cookies)
    {
        if (TryWriteHeaders(headers, given) && TryWriteCookies(headers, cookies))
        {
            return true;
        }

        headers.Clear();
        return false;
    }

    private static bool TryWriteHeaders(IHeaderDictionary headers, ReadOnlySpan<byte> given)
    {
        if (given.IsEmpty)
        {
            return true;
        }

        var json = new Utf8JsonReader(given);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return json.TokenType == JsonTokenType.Null;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            if (!TryReadValue(ref json, out var value) || !IsToken(name) || !IsValue(value))
            {
                return false;
            }

            if (value is not null && !Framing.Contains(name))
            {
                headers.Append(name, value);
            }
        }

        return true;
    }

    private static bool TryWriteCookies(IHeaderDictionary headers, ReadOnlySpan<byte> cookies)
    {
        if (cookies.IsEmpty)
        {
            return true;
        }

        var json = new Utf8JsonReader(cookies);
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            return json.TokenType == JsonTokenType.Null;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.String || json.GetString() is not { } cookie || !IsValue(cookie))
            {
                return false;
            }

            headers.Append(HeaderNames.SetCookie, cookie);
        }

        return true;
    }

    private static bool TryReadValue(ref Utf8JsonReader json, out string? value)
    {
        value = json.TokenType switch
        {
            JsonTokenType.String => json.GetString(),
            JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(json.ValueSpan),
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            _ => null,
        };
        return value is not null || json.TokenType == JsonTokenType.Null;
    }

    private static bool IsToken(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    private static bool IsValue(string? value) => !value.AsSpan().ContainsAnyExcept(ValueCharacters);
}
