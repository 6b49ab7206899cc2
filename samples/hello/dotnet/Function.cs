using System.Text.Json;

namespace Hello;

/// <summary>A function with a URL: GET / answers a greeting, GET /?name=Ada another. Invoked directly, the event itself has the name.</summary>
public sealed class Function
{
    /// <summary>Streams need no serializer package; with one, parameters and results may be classes.</summary>
    public Stream FunctionHandler(Stream input)
    {
        using var request = JsonDocument.Parse(input);
        var name = NameOf(request.RootElement) ?? "world";
        Console.WriteLine($"greeting {name}");
        return new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new
        {
            statusCode = 200,
            headers = new Dictionary<string, string> { ["content-type"] = "text/plain; charset=utf-8" },
            body = $"Hello, {name}, from .NET {Environment.Version}",
        }));
    }

    private static string? NameOf(JsonElement request) =>
        Member(Member(request, "queryStringParameters") ?? request, "name") is { ValueKind: JsonValueKind.String } name ? name.GetString() : null;

    private static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
