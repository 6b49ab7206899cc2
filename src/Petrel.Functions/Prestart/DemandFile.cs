using System.Net;
using System.Text.Json;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Prestart;

/// <summary>What is known of the demand for one start class.</summary>
/// <param name="Count">Faded to <paramref name="At"/>.</param>
internal sealed record RememberedDemand(BlankPlan Plan, double Count, DateTimeOffset At);

/// <summary>
/// Keeps demand between two runs of the daemon. It is no more than a hint: a file that cannot be read, or that another build has written,
/// whose runtimes may be started in another way, is none.
/// </summary>
internal sealed class DemandFile(string? path)
{
    private static readonly string Build = typeof(DemandFile).Module.ModuleVersionId.ToString();
    private string? _written;

    public IReadOnlyList<RememberedDemand> Read()
    {
        try
        {
            var content = path is not null && File.Exists(path) ? JsonSerializer.Deserialize<Content>(File.ReadAllText(path)) : null;
            return content?.Build == Build ? [.. content.Classes.Where(IsThere).Select(c => c.ToDemand())] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            return [];
        }
    }

    public void Write(IReadOnlyCollection<RememberedDemand> demand)
    {
        var text = JsonSerializer.Serialize(new Content(Build, [.. demand.Select(Class.Of)]));
        if (path is null || text == _written || (demand.Count == 0 && !File.Exists(path)))
        {
            return;
        }

        try
        {
            File.WriteAllText(path + ".new", text);
            File.Move(path + ".new", path, overwrite: true);
            _written = text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // The next start knows less.
        }
    }

    private static bool IsThere(Class each) => each.Mounts.All(m => Path.Exists(m.HostPath));

    private sealed record Content(string Build, IReadOnlyList<Class> Classes);

    private sealed record Class(
        IReadOnlyList<string> Command, Dictionary<string, string> Environment, IReadOnlyList<SandboxMount> Mounts, IReadOnlyList<string> Listen,
        bool FrameChannel, bool Waits, bool OwnEnvironment, FunctionEgress? Egress, int? MemoryMb, double Count, DateTimeOffset At)
    {
        public static Class Of(RememberedDemand demand)
        {
            var launch = demand.Plan.Launch;
            return new Class(
                launch.Command, new Dictionary<string, string>(launch.Environment), launch.Mounts, [.. launch.Listen.Select(e => e.ToString())],
                launch.FrameChannel, launch.Waits, launch.OwnEnvironment, launch.Egress, demand.Plan.MemoryMb, demand.Count, demand.At);
        }

        public RememberedDemand ToDemand()
        {
            var launch = new LaunchPlan
            {
                Command = Command,
                Environment = Environment,
                Mounts = Mounts,
                Listen = [.. Listen.Select(IPEndPoint.Parse)],
                FrameChannel = FrameChannel,
                Waits = Waits,
                OwnEnvironment = OwnEnvironment,
                Egress = Egress,
            };
            return new RememberedDemand(new BlankPlan(launch, MemoryMb), Count, At);
        }
    }
}
