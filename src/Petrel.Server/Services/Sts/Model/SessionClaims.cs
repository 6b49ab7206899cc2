using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Petrel.Server.Security;
using Petrel.Wire;

namespace Petrel.Server.Services.Sts.Model;

/// <summary>What a session token says. It is sealed, not stored: any node that has the key verifies it, also after a restart.</summary>
internal sealed record SessionClaims
{
    [JsonPropertyName("k")]
    public required string AccessKeyId { get; init; }

    [JsonPropertyName("s")]
    public required string Secret { get; init; }

    [JsonPropertyName("p")]
    public required PrincipalKind Kind { get; init; }

    [JsonPropertyName("a")]
    public required string Account { get; init; }

    [JsonPropertyName("arn")]
    public required string Arn { get; init; }

    [JsonPropertyName("id")]
    public required string PrincipalId { get; init; }

    [JsonPropertyName("r")]
    public string? Role { get; init; }

    [JsonPropertyName("iss")]
    public string? IssuerId { get; init; }

    [JsonPropertyName("iat")]
    public required long IssuedAtSeconds { get; init; }

    [JsonPropertyName("exp")]
    public required long ExpiresAtSeconds { get; init; }

    [JsonPropertyName("pol")]
    public IReadOnlyList<string>? Policies { get; init; }

    [JsonPropertyName("tag")]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>The sandbox outside of which the credentials are refused.</summary>
    [JsonPropertyName("i")]
    public string? InstanceId { get; init; }

    public Principal ToPrincipal() => new(
        Kind,
        Account,
        Arn,
        PrincipalId,
        AccessKeyId,
        Role,
        Session: new PrincipalSession(
            DateTimeOffset.FromUnixTimeSeconds(IssuedAtSeconds),
            DateTimeOffset.FromUnixTimeSeconds(ExpiresAtSeconds),
            IssuerId,
            Policies,
            Tags,
            InstanceId));
}

/// <summary>Session tokens: claims, sealed, in base 64.</summary>
internal sealed class SessionTokens(ISecretBox box)
{
    private const string Purpose = "session-token";

    /// <summary>Longer than any token made here, so that nobody makes the daemon decode megabytes.</summary>
    private const int MaxTokenChars = 64 * 1024;

    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public string Seal(SessionClaims claims) =>
        Convert.ToBase64String(box.Seal(JsonSerializer.SerializeToUtf8Bytes(claims, Json), Purpose));

    /// <summary>Null for a token that was not made here, or was changed.</summary>
    public SessionClaims? TryOpen(string token)
    {
        if (token.Length > MaxTokenChars)
        {
            return null;
        }

        var sealedBytes = new byte[Encoding.UTF8.GetMaxByteCount(token.Length)];
        return Convert.TryFromBase64String(token, sealedBytes, out var written)
            && box.TryOpen(sealedBytes.AsSpan(0, written), Purpose, out var plain)
            ? JsonSerializer.Deserialize<SessionClaims>(plain, Json)
            : null;
    }
}
