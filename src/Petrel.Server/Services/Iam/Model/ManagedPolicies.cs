using System.Collections.Frozen;
using System.Text.Json;

namespace Petrel.Server.Services.Iam.Model;

/// <summary>A policy that the platform brings, under the ARN that AWS gives it.</summary>
/// <param name="Path">Begins and ends with a slash.</param>
internal sealed record AwsManagedPolicy(string Name, string Path, string Id, string Document)
{
    public string Arn => $"arn:aws:iam::aws:policy{Path}{Name}";
}

/// <summary>The AWS-managed policies that serverless applications use; their documents stand in <c>ManagedPolicies.json</c>.</summary>
internal static class ManagedPolicies
{
    /// <summary>AWS gives each its own date; nobody asks for it, and one date for all says plainly that it is not theirs.</summary>
    public static readonly DateTimeOffset CreatedAt = new(2015, 2, 6, 0, 0, 0, TimeSpan.Zero);

    private static readonly Lazy<FrozenDictionary<string, AwsManagedPolicy>> ByArn = new(Load);

    public static IEnumerable<AwsManagedPolicy> All => ByArn.Value.Values.OrderBy(p => p.Name, StringComparer.Ordinal);

    public static AwsManagedPolicy? Find(string arn) => ByArn.Value.GetValueOrDefault(arn);

    private static FrozenDictionary<string, AwsManagedPolicy> Load()
    {
        using var resource = typeof(ManagedPolicies).Assembly.GetManifestResourceStream("Iam.ManagedPolicies.json")
            ?? throw new InvalidOperationException("The managed policies are not in the assembly.");
        using var json = JsonDocument.Parse(resource);
        return json.RootElement.EnumerateArray().Select(Read).ToFrozenDictionary(p => p.Arn, StringComparer.Ordinal);
    }

    private static AwsManagedPolicy Read(JsonElement element)
    {
        var name = element.GetProperty("name").GetString()!;
        var path = element.TryGetProperty("path", out var given) ? given.GetString()! : "/";
        var document = $$"""{"Version":"2012-10-17","Statement":{{JsonSerializer.Serialize(element.GetProperty("statement"))}}}""";
        return new AwsManagedPolicy(name, path, IdOf(name), document);
    }

    /// <summary>Made from the name, so that it stays the same.</summary>
    private static string IdOf(string name)
    {
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name));
        return "ANPA" + string.Concat(hash.Take(17).Select(b => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[b & 31]));
    }
}
