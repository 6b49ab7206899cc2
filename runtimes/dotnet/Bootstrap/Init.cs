using System.Text.Json;

namespace Petrel.Bootstrap;

/// <summary>What the process becomes.</summary>
internal sealed record Init(Dictionary<string, string> Environment, string TaskRoot, string HandlerName)
{
    public static Init Read(ReadOnlySpan<byte> json)
    {
        var environment = new Dictionary<string, string>();
        string taskRoot = "/var/task", handler = "";
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var name = reader.GetString()!;
            reader.Read();
            if (reader.CurrentDepth == 2)
            {
                environment[name] = reader.GetString()!;
            }
            else if (name == "taskRoot")
            {
                taskRoot = reader.GetString()!;
            }
            else if (name == "handler")
            {
                handler = reader.GetString()!;
            }
        }

        return new Init(environment, taskRoot, handler);
    }

    public void Adopt(string folder)
    {
        foreach (var (name, value) in Environment)
        {
            System.Environment.SetEnvironmentVariable(name, value);
            Native.SetVariable(name, value);
        }

        Directory.SetCurrentDirectory(folder);
    }
}
