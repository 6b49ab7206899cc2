using System.Text.Json;

namespace Hello;

/// <summary>A function with a URL: GET / answers a greeting, GET /?name=Ada another.</summary>
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
        request.ValueKind == JsonValueKind.Object
        && request.TryGetProperty("queryStringParameters", out var query)
        && query.ValueKind == JsonValueKind.Object
        && query.TryGetProperty("name", out var name)
            ? name.GetString()
            : null;
}
