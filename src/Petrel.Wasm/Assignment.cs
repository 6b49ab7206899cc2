using System.Text.Json;

namespace Petrel.Wasm;

internal enum AssignmentTask
{
    Compile,
    Command,
    Component,
}

/// <summary>
/// What the process becomes. The frame's handler has the lines task (<c>compile</c>, <c>command</c>, <c>component</c>), file, export, and the
/// file of compiled code, which lies in a mount of the daemon's where nothing of a package is.
/// </summary>
internal sealed record Assignment(
    AssignmentTask Task, string TaskRoot, string File, string Export, Dictionary<string, string> Environment, string Compiled)
{
    public static Assignment Read(ReadOnlyMemory<byte> json)
    {
        var environment = new Dictionary<string, string>(32);
        string[] parts = [];
        var taskRoot = "";
        var reader = new Utf8JsonReader(json.Span);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.CurrentDepth == 2)
            {
                var name = reader.GetString()!;
                reader.Read();
                environment[name] = reader.GetString()!;
            }
            else if (reader.ValueTextEquals("taskRoot"u8))
            {
                reader.Read();
                taskRoot = reader.GetString()!;
            }
            else if (reader.ValueTextEquals("handler"u8))
            {
                reader.Read();
                parts = reader.GetString()!.Split('\n');
            }
        }

        var task = parts[0] switch
        {
            "compile" => AssignmentTask.Compile,
            "command" => AssignmentTask.Command,
            _ => AssignmentTask.Component,
        };
        return new Assignment(task, taskRoot, parts[1], parts[2], environment, parts[3]);
    }

    /// <summary>The export of a component that is called.</summary>
    public string HandlerName => Export.Length > 0 ? Export : "handle";

    /// <summary>What the function's memory may become, in bytes; its control group bounds all of the process as well.</summary>
    public long MemoryBytes => Environment.TryGetValue("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", out var megabytes) ? long.Parse(megabytes) << 20 : 128L << 20;
}
