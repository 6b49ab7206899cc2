using System.Net.Sockets;
using Petrel.Functions.Runtimes.Frames;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Prestart;

/// <summary>A process that is up, exercised, and waits for a function.</summary>
internal sealed class WaitingProcess(IBlankSandbox sandbox)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    public IBlankSandbox Sandbox => sandbox;

    /// <summary>Starts one, and waits until it says that it waits.</summary>
    /// <exception cref="FunctionStartException">It does not start.</exception>
    public static async Task<WaitingProcess> StartAsync(ISandboxLauncher launcher, BlankSpec spec, TimeProvider time, CancellationToken stopping)
    {
        using var timer = new CancellationTokenSource(StartLimit, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stopping);
        var sandbox = await launcher.LaunchBlankAsync(spec, over.Token);
        try
        {
            if (!await IsWaitingAsync(sandbox.Frames, over.Token))
            {
                throw new FunctionStartException("ServiceException", $"A waiting runtime ended before it waited: {sandbox.Said}");
            }

            sandbox.Prepare();
            return new WaitingProcess(sandbox);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested)
        {
            await sandbox.DisposeAsync();
            throw new FunctionStartException("ServiceException", $"A waiting runtime was not up after {StartLimit.TotalSeconds:F0} s: {sandbox.Said}");
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads the first frame of a process.</summary>
    public static async Task<bool> IsWaitingAsync(Socket socket, CancellationToken cancellationToken)
    {
        var frame = new byte[5];
        for (var have = 0; have < frame.Length;)
        {
            int got;
            try
            {
                got = await socket.ReceiveAsync(frame.AsMemory(have), cancellationToken);
            }
            catch (SocketException)
            {
                return false;
            }

            if (got == 0)
            {
                return false;
            }

            have += got;
        }

        return frame is [1, 0, 0, 0, (byte)FrameKind.Waiting];
    }
}
