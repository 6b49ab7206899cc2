using Petrel.Functions.Runtimes.Frames;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Modules;

/// <summary>
/// One run of a function's process that makes its module cache instead of answering events: in a sandbox as every instance has, without
/// credentials and without a network, since some languages load the function's code for it.
/// </summary>
internal sealed class ModuleCompilation(ISandboxLauncher launcher, TimeProvider time)
{
    /// <summary>Tells the bootstrap; see <c>runtimes/*/…modules</c>.</summary>
    public const string Variable = "PETREL_MODULES";

    private const int LeastMemoryMb = 512;
    private const long MaxBytes = 128 << 20;
    private const int MaxChunkBytes = 2 << 20;

    /// <summary>A deployment waits no longer.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Readable for the users of sandboxes.</summary>
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <returns>Whether the file is whole.</returns>
    public async Task<bool> RunAsync(FunctionSpec function, RuntimeInfo runtime, LaunchPlan plan, (Guid Id, string File) what, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>(plan.Environment, StringComparer.Ordinal);
        foreach (var (name, value) in function.Environment)
        {
            environment[name] = value;
        }

        environment[Variable] = "make";
        using var timer = new CancellationTokenSource(Limit, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        var own = function with { MemoryMb = Math.Max(function.MemoryMb, LeastMemoryMb) };
        var assignment = new RuntimeAssignment(own, runtime, environment);
        await using var sandbox = await launcher.LaunchAsync(
            new SandboxSpec
            {
                InstanceId = what.Id.ToString("N"),
                Function = own,
                Plan = plan with { Egress = FunctionEgress.None, Listen = [] },
                Environment = environment,
                Output = new Nobody(),
            },
            over.Token);
        var channel = new FrameChannel(sandbox.Frames!);
        try
        {
            await channel.SendAsync(new FrameWriter().Init(assignment, "/var/task"), over.Token);
            return await ReceiveAsync(channel, what.File, over.Token);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException || (e is OperationCanceledException && timer.IsCancellationRequested))
        {
            return false;
        }
        finally
        {
            channel.Release();
        }
    }

    private static async Task<bool> ReceiveAsync(FrameChannel channel, string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(
            path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = Mode });
        File.SetUnixFileMode(file.SafeFileHandle, Mode); // The process's umask takes bits away.
        var begun = false;
        while (await channel.ReceiveAsync(MaxChunkBytes, cancellationToken) is { Dropped: false } frame)
        {
            switch (frame.Kind)
            {
                case FrameKind.StreamStart when !begun:
                    begun = true;
                    break;
                case FrameKind.StreamChunk when begun && file.Length + frame.Body.Length <= MaxBytes:
                    await file.WriteAsync(frame.Body, cancellationToken);
                    break;
                case FrameKind.StreamEnd when begun && frame.Body.IsEmpty:
                    return true;
                default:
                    return false;
            }
        }

        return false;
    }

    /// <summary>What it prints is no event of the function.</summary>
    private sealed class Nobody : ISandboxOutput
    {
        public void Write(ReadOnlySpan<byte> bytes, bool isError)
        {
            // Nobody asked.
        }
    }
}
