using System.Text.Json;

namespace Petrel.Server.Services.Lambda.Urls;

/// <summary>The decoded query of payload format 2.0: a parameter that comes more than once has its values joined by commas.</summary>
internal static class UrlQuery
{
    /// <summary>Writes <c>queryStringParameters</c>, or nothing when there is no query.</summary>
    public static void Write(Utf8JsonWriter json, string query)
    {
        if (query.Length == 0)
        {
            return;
        }

        json.WriteStartObject("queryStringParameters"u8);
        var parameters = new List<(string Name, string Value)>(4);
        foreach (var range in query.AsSpan().Split('&'))
        {
            var part = query.AsSpan()[range];
            if (!part.IsEmpty)
            {
                Add(parameters, part);
            }
        }

        foreach (var (name, value) in parameters)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static void Add(List<(string Name, string Value)> parameters, ReadOnlySpan<char> part)
    {
        var at = part.IndexOf('=');
        var name = Decode(at < 0 ? part : part[..at]);
        var value = at < 0 ? "" : Decode(part[(at + 1)..]);
        for (var i = 0; i < parameters.Count; i++)
        {
            if (parameters[i].Name == name)
            {
                parameters[i] = (name, parameters[i].Value + "," + value);
                return;
            }
        }

        parameters.Add((name, value));
    }

    private static string Decode(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny('%', '+') < 0)
        {
            return text.ToString();
        }

        return Uri.UnescapeDataString(text.ToString().Replace('+', ' '));
    }
}
