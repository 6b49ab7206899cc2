using System.Collections.Frozen;
using System.Text.Json;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Server.Services.Lambda.Images;

/// <summary>What an image says of how it is run, and what a function makes of that.</summary>
internal static class ImageConfigFile
{
    public const string Name = "config.json";

    public const string Root = "rootfs";

    /// <summary>How the engine runs the image whose folder this is.</summary>
    public static ImageSpec ToSpec(string folder, ImageRecord overrides)
    {
        using var document = Read(folder);
        var config = document.RootElement.TryGetProperty("config", out var member) && member.ValueKind == JsonValueKind.Object ? member : default;

        // As container engines do: an entry point of one's own takes the image's arguments away.
        var entryPoint = overrides.EntryPoint ?? Texts(config, "Entrypoint");
        var command = overrides.Command ?? (overrides.EntryPoint is null ? Texts(config, "Cmd") : []);
        var directory = overrides.WorkingDirectory ?? Text(config, "WorkingDir");
        var variables = Texts(config, "Env").Select(v => v.Split('=', 2)).Where(v => v.Length == 2 && v[0].Length > 0);
        return new ImageSpec(
            Path.Combine(folder, Root),
            [.. entryPoint, .. command],
            string.IsNullOrEmpty(directory) ? "/" : directory,
            variables.DistinctBy(v => v[0]).ToFrozenDictionary(v => v[0], v => v[1]));
    }

    /// <exception cref="FunctionStartException">It is for another machine.</exception>
    public static void RequireArchitecture(string folder, string architecture)
    {
        using var document = Read(folder);
        var (system, processor) = (Text(document.RootElement, "os"), Text(document.RootElement, "architecture"));
        if (system != "linux" || processor != (architecture == "arm64" ? "arm64" : "amd64"))
        {
            throw new FunctionStartException("InvalidImage", $"The image is for {system}/{processor}; this machine runs linux images for {architecture}.");
        }
    }

    private static JsonDocument Read(string folder) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, Name)));

    private static string? Text(JsonElement json, string member) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string[] Texts(JsonElement json, string member) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var values) && values.ValueKind == JsonValueKind.Array
            ? [.. values.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)]
            : [];
}
