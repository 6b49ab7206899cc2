using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Petrel.Tests.Wire;

/// <summary>One case of the signing suite.</summary>
public sealed record SigningCase(
    string Name,
    SigningCaseContext Context,
    string HeaderCanonicalRequest,
    string HeaderSignature,
    string HeaderSignedRequest,
    string HeaderStringToSign,
    string QueryCanonicalRequest,
    string QuerySignature,
    string QuerySignedRequest,
    string QueryStringToSign)
{
    private static readonly JsonSerializerOptions Snake = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<SigningCase> All { get; } = Load();

    private static SigningCase[] Load()
    {
        using var file = typeof(SigningCase).Assembly.GetManifestResourceStream("sigv4.json")!;
        return JsonSerializer.Deserialize<SigningCase[]>(file, Snake)!;
    }

    public override string ToString() => Name;
}

public sealed record SigningCaseContext(
    SigningCaseCredentials Credentials,
    bool Normalize,
    DateTimeOffset Timestamp,
    [property: System.Text.Json.Serialization.JsonPropertyName("omit_session_token")] bool OmitSessionToken = false,
    [property: System.Text.Json.Serialization.JsonPropertyName("sign_body")] bool SignBody = false);

public sealed record SigningCaseCredentials(
    [property: System.Text.Json.Serialization.JsonPropertyName("secret_access_key")] string Secret, string? Token = null);

/// <summary>A request in the suite's text form, which has folded headers and unencoded paths that no HTTP server would take.</summary>
internal sealed record SigningRequest(string Method, string Path, string Query, HeaderDictionary Headers, string Body)
{
    public static SigningRequest Parse(string text)
    {
        var split = text.IndexOf("\n\n", StringComparison.Ordinal);
        var head = (split < 0 ? text : text[..split]).Split('\n');
        var first = head[0].IndexOf(' ');
        var target = head[0][(first + 1)..head[0].LastIndexOf(' ')];
        var question = target.IndexOf('?');
        var headers = new HeaderDictionary();
        string? last = null;
        foreach (var line in head.Skip(1).Where(l => l.Length > 0))
        {
            if (line[0] is ' ' or '\t')
            {
                headers[last!] = $"{headers[last!]} {line.Trim()}";
                continue;
            }

            var colon = line.IndexOf(':');
            last = line[..colon];
            headers[last] = StringValues.Concat(headers[last], line[(colon + 1)..]);
        }

        return new SigningRequest(
            head[0][..first], question < 0 ? target : target[..question], question < 0 ? "" : target[(question + 1)..], headers,
            split < 0 ? "" : text[(split + 2)..]);
    }
}
