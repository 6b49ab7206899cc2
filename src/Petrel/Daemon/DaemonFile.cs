using System.Text.Json;
using System.Text.Json.Nodes;

namespace Petrel.Daemon;

/// <summary>What a running daemon says of itself in its data folder, for commands that look for it.</summary>
internal sealed record DaemonFile(int ProcessId, Uri Endpoint, DateTimeOffset Started, string Version)
{
    public static string PathOf(string dataFolder) => Path.Combine(dataFolder, "daemon.json");

    /// <summary>Null where no daemon has left its word. A daemon that died leaves the file: only its lock says that it runs.</summary>
    public static DaemonFile? TryRead(string dataFolder)
    {
        try
        {
            var json = JsonNode.Parse(File.ReadAllBytes(PathOf(dataFolder)))!;
            return new DaemonFile(
                json["processId"]!.GetValue<int>(),
                new Uri(json["endpoint"]!.GetValue<string>()),
                json["started"]!.GetValue<DateTimeOffset>(),
                json["version"]!.GetValue<string>());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            return null;
        }
    }

    public void Write(string dataFolder)
    {
        var json = new JsonObject
        {
            ["processId"] = ProcessId,
            ["endpoint"] = Endpoint.GetLeftPart(UriPartial.Authority),
            ["started"] = Started,
            ["version"] = Version,
        };
        File.WriteAllText(PathOf(dataFolder) + ".new", json.ToJsonString());
        File.Move(PathOf(dataFolder) + ".new", PathOf(dataFolder), overwrite: true);
    }

    public static void Remove(string dataFolder) => File.Delete(PathOf(dataFolder));
}
