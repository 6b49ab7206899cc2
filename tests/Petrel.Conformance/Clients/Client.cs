using System.Text.Json;
using System.Text.Json.Nodes;

namespace Petrel.Conformance;

/// <summary>An error as the client raised it.</summary>
public sealed class ClientException(JsonElement error) : Exception(error.GetRawText())
{
    public string Code { get; } = error.GetProperty("code").GetString() ?? "";

    public string Text { get; } = error.GetProperty("message").GetString() ?? "";

    public int Status { get; } = error.GetProperty("status").GetInt32();

    /// <summary>The error's members, as far as the client knows them.</summary>
    public JsonElement Response { get; } = error.TryGetProperty("response", out var response) ? response : default;
}

/// <summary>One of the SDKs, acting for one account: each test has its own.</summary>
internal sealed class Client(ClientProcess process, string account, string region, JsonNode? credentials = null)
{
    public string Account => account;

    /// <summary>The same client with the keys of a session: what <c>AssumeRole</c> answered as <c>Credentials</c>.</summary>
    public Client With(JsonElement session) => new(process, account, region, JsonNode.Parse(session.GetRawText()));

    /// <param name="operation">As the SDK names it: <c>create_function</c> (Python), <c>CreateFunction</c> (JavaScript).</param>
    /// <param name="parameters">An anonymous object; byte arrays are sent as bytes.</param>
    /// <exception cref="ClientException">The operation failed.</exception>
    public Task<JsonElement> CallAsync(string operation, object? parameters = null) => CallAsync("lambda", operation, parameters);

    public async Task<JsonElement> CallAsync(string service, string operation, object? parameters)
    {
        var answer = await process.CallAsync(new JsonObject
        {
            ["account"] = account,
            ["region"] = region,
            ["credentials"] = credentials?.DeepClone(),
            ["service"] = service,
            ["operation"] = operation,
            ["params"] = parameters is null ? null : JsonSerializer.SerializeToNode(parameters, Format),
        });
        return answer.TryGetProperty("error", out var error) ? throw new ClientException(error) : answer.GetProperty("result");
    }

    private static readonly JsonSerializerOptions Format = new() { Converters = { new BytesConverter() } };

    private sealed class BytesConverter : System.Text.Json.Serialization.JsonConverter<byte[]>
    {
        public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Parameters are only written.");

        public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteBase64String("$bytes", value);
            writer.WriteEndObject();
        }
    }
}

/// <summary>The AWS CLI, acting for one account.</summary>
internal sealed class Cli(ClientProcess process, string account, string region)
{
    public string Account => account;

    public async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var answer = await process.CallAsync(new JsonObject
        {
            ["account"] = account,
            ["region"] = region,
            ["args"] = new JsonArray([.. arguments.Select(a => JsonValue.Create(a))]),
        });
        var result = answer.GetProperty("result");
        return (
            result.GetProperty("code").ValueKind == JsonValueKind.Number ? result.GetProperty("code").GetInt32() : 0,
            result.GetProperty("out").GetString()!,
            result.GetProperty("err").GetString()!);
    }

    /// <summary>Runs a command that must succeed, and reads what it prints as JSON.</summary>
    public async Task<JsonElement> CallAsync(params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        Assert.True(code == 0, $"aws {string.Join(' ', arguments)} ended with {code}: {error}");
        return output.Length == 0 ? default : JsonDocument.Parse(output).RootElement;
    }
}
