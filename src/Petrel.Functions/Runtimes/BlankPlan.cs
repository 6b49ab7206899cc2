using System.Globalization;
using System.Text;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes;

/// <summary>How a process is started before it is known for which function; made by an adapter.</summary>
/// <param name="MemoryMb">The memory size of the functions it is for, where the process has to be told at its start; else null.</param>
public sealed record BlankPlan(LaunchPlan Launch, int? MemoryMb = null)
{
    /// <summary>
    /// What names the start class: all that a process cannot change after its start. A function takes only processes that were started exactly
    /// as its own plan says.
    /// </summary>
    public string Key => KeyOf(Launch, MemoryMb);

    /// <summary>For people: what waits.</summary>
    public string Name => Launch.Waits ? "a ready sandbox" : Path.GetFileName(Launch.Command[0]);

    private static string KeyOf(LaunchPlan launch, int? memoryMb)
    {
        var key = new StringBuilder(256).Append(
            CultureInfo.InvariantCulture, $"{memoryMb} {launch.Waits} {launch.OwnEnvironment} {launch.Egress} {launch.FrameChannel} {string.Join(' ', launch.Listen)}");
        foreach (var word in launch.Command)
        {
            key.Append('\n').Append(word);
        }

        foreach (var (name, value) in launch.Environment.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            key.Append('\n').Append(name).Append('=').Append(value);
        }

        foreach (var mount in launch.Mounts)
        {
            key.Append('\n').Append(mount.HostPath).Append(" on ").Append(mount.SandboxPath);
        }

        return key.ToString();
    }
}
