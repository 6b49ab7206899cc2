using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Tests.Runtimes;

/// <summary>A process without a sandbox around it, with a socket as its descriptor 3; what it prints is collected.</summary>
internal sealed class BareProcess : IAsyncDisposable
{
    private const int CloseOnExec = 0x80000, Unix = 1, Stream = 1;
    private readonly Task<string> _output;
    private readonly int _pid;

    private BareProcess(int pid, Socket socket, Stream output)
    {
        (_pid, Socket) = (pid, socket);
        _output = new StreamReader(output).ReadToEndAsync();
        Exited = Task.Run(async () =>
        {
            await _output;
            return ChildProcess.Reap(pid).Code;
        });
    }

    public Socket Socket { get; }

    /// <summary>The exit code, once everything that was printed has been read.</summary>
    public Task<int> Exited { get; }

    public static unsafe BareProcess Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        var sockets = stackalloc int[2];
        Libc.Check(Libc.SocketPair(Unix, Stream | CloseOnExec, 0, sockets), "socketpair");
        var pipe = stackalloc int[2];
        Libc.Check(Libc.Pipe(pipe, CloseOnExec), "pipe");
        var nothing = Libc.DuplicateHigh(Libc.Open("/dev/null", CloseOnExec, 0));
        var (write, socket) = (Libc.DuplicateHigh(pipe[1]), Libc.DuplicateHigh(sockets[1]));
        try
        {
            var pid = ChildProcess.Start(
                "/usr/bin/env",
                ["env", "-i", "PETREL_FD=3", .. environment.Select(e => $"{e.Key}={e.Value}"), .. command],
                [nothing, write, write, socket]);
            return new BareProcess(pid, new Socket(new SafeSocketHandle(sockets[0], true)), new FileStream(new SafeFileHandle(pipe[0], true), FileAccess.Read));
        }
        finally
        {
            foreach (var fd in (int[])[nothing, write, socket, pipe[1], sockets[1]])
            {
                _ = Libc.Close(fd);
            }
        }
    }

    /// <summary>Ends the process as the daemon does when it lets go of the socket, and gives all that it printed.</summary>
    public async Task<string> StopAsync()
    {
        Socket.Dispose();
        await Exited;
        return await _output;
    }

    public async ValueTask DisposeAsync()
    {
        Socket.Dispose();
        if (!Exited.IsCompleted)
        {
            _ = Libc.Signal(_pid, Libc.SignalKill);
        }

        await Exited;
    }
}
