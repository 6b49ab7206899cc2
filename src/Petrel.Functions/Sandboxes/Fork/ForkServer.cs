using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net.Sockets;
using Petrel.Functions.Sandboxes.Launch;
using Petrel.Functions.Sandboxes.Limits;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Fork;

/// <summary>
/// A trusted process that has loaded a language's library, and bears instances of one function into waiting sandboxes (docs/functions.md).
/// The daemon's side of <c>runtimes/python/_petrel/fork.py</c>.
/// </summary>
internal sealed class ForkServer : IAsyncDisposable
{
    private const int Unix = 1, Datagrams = 5, CloseOnExec = 0x80000;
    private const int RequestBytes = 4, AnswerBytes = 8;

    private readonly ConcurrentDictionary<uint, TaskCompletionSource<int>> _waiting = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Socket _socket;
    private readonly int _processId;
    private readonly IControlGroup? _limits;
    private readonly Task _receiving;
    private uint _requests;
    private int _disposed;

    private ForkServer(int processId, Socket socket, IControlGroup? limits)
    {
        (_processId, _socket, _limits) = (processId, socket, limits);
        _receiving = ReceiveAsync();
    }

    /// <summary>What it uses; 0 where it is not measured.</summary>
    public long MemoryBytes => _limits?.MemoryBytes ?? 0;

    /// <summary>Completes when it can bear; fails when it has ended before.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Completes when it bears no more.</summary>
    public Task Ended => _receiving;

    public bool IsUsable => Volatile.Read(ref _disposed) == 0 && !_receiving.IsCompleted;

    /// <summary>Starts the process on the calling thread, outside of sandboxes and with nothing but its socket.</summary>
    /// <param name="command">The program's path, and its arguments.</param>
    /// <param name="group">The control group of its own that it is put into.</param>
    /// <param name="filter">The sandboxes' seccomp program; null on an architecture without one.</param>
    public static unsafe ForkServer Start(IReadOnlyList<string> command, IControlGroup? group, Stem stem, byte[]? filter)
    {
        var pair = stackalloc int[2];
        Libc.Check(Libc.SocketPair(Unix, Datagrams | CloseOnExec, 0, pair), "socketpair");
        var socket = new Socket(new SafeSocketHandle(pair[0], ownsHandle: true));
        var nothing = Libc.DuplicateHigh(Libc.Open("/dev/null", 2 | CloseOnExec, 0));
        var theirs = Libc.DuplicateHigh(pair[1]);
        _ = Libc.Close(pair[1]);
        var output = NobodysPipe();
        var entered = false;
        try
        {
            entered = group?.EnterThread() ?? false;

            // Nothing of the daemon's environment; what the language reads when it starts is as in every sandbox.
            var pid = ChildProcess.Start(
                "/usr/bin/env", ["env", "-i", $"PETREL_FD={SandboxDescriptors.Frames}", "LANG=en_US.UTF-8", .. command], [nothing, output, output, theirs]);
            if (!entered)
            {
                group?.Adopt(pid);
            }

            Libc.SendDescriptors(pair[0], Hello(stem, filter), []);
            return new ForkServer(pid, socket, group);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        finally
        {
            if (entered)
            {
                group!.LeaveThread();
            }

            StemPlace.Close([nothing, theirs, output]);
        }
    }

    /// <summary>For what it prints. Its children have pipes in the same places, and languages look only once what these are.</summary>
    private static unsafe int NobodysPipe()
    {
        var ends = stackalloc int[2];
        Libc.Check(Libc.Pipe(ends, CloseOnExec), "pipe");
        _ = Libc.Close(ends[0]);
        var write = Libc.DuplicateHigh(ends[1]);
        _ = Libc.Close(ends[1]);
        return write;
    }

    /// <summary>Bears a process beside the waiting first program of a sandbox, which speaks frames over that sandbox's channel from then on.</summary>
    /// <returns>The host's number of the process.</returns>
    /// <exception cref="FunctionStartException">It could not; the sandbox waits as before, or has ended.</exception>
    public async Task<int> BearAsync(ISandbox sandbox, CancellationToken cancellationToken = default)
    {
        var answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var number = Interlocked.Increment(ref _requests);
        _waiting[number] = answer;
        try
        {
            Ask((Sandbox)sandbox, number);
            if (!IsUsable)
            {
                throw Gone();
            }

            var child = await answer.Task.WaitAsync(cancellationToken);
            return child > 0 ? child : throw new FunctionStartException(
                "ServiceException", $"The fork server could not start a process: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(-child)}");
        }
        finally
        {
            _waiting.TryRemove(number, out _);
        }
    }

    private void Ask(Sandbox sandbox, uint number)
    {
        var given = sandbox.OpenStem();
        try
        {
            Span<byte> request = stackalloc byte[RequestBytes];
            BinaryPrimitives.WriteUInt32LittleEndian(request, number);
            Libc.SendDescriptors((int)_socket.Handle, request, given);
        }
        catch (Exception e) when (e is Win32Exception or ObjectDisposedException)
        {
            throw Gone(e);
        }
        finally
        {
            StemPlace.Close(given);
        }
    }

    private static FunctionStartException Gone(Exception? cause = null) => new("ServiceException", "The fork server has ended", cause);

    /// <summary>User and group inside, the library's path, whether Landlock is applied, the filter.</summary>
    private static byte[] Hello(Stem stem, byte[]? filter)
    {
        var path = System.Text.Encoding.UTF8.GetBytes(stem.EnterLibrary);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32LittleEndian(head, EtcFiles.UserId);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), EtcFiles.GroupId);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), path.Length);
        head[12] = stem.Landlock > 0 ? (byte)1 : (byte)0;
        return [.. head, .. path, .. filter ?? []];
    }

    private async Task ReceiveAsync()
    {
        var answer = new byte[AnswerBytes];
        try
        {
            while (await _socket.ReceiveAsync(answer) == AnswerBytes)
            {
                var number = BinaryPrimitives.ReadUInt32LittleEndian(answer);
                if (number == 0)
                {
                    _ready.TrySetResult();
                }
                else if (_waiting.TryGetValue(number, out var waiting))
                {
                    waiting.TrySetResult(BinaryPrimitives.ReadInt32LittleEndian(answer.AsSpan(RequestBytes)));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return;
        }
        finally
        {
            _ready.TrySetException(Gone());
            _ = _ready.Task.Exception;
            foreach (var waiting in _waiting.Values)
            {
                waiting.TrySetException(Gone());
                _ = waiting.Task.Exception;
            }
        }
    }

    /// <summary>Ends it, and by that every process that it has borne: nobody could tell how they end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _ = Libc.Signal(_processId, Libc.SignalKill);
        _ = await Task.Run(() => ChildProcess.Reap(_processId));
        _socket.Dispose();
        await _receiving;
        for (var attempt = 0; _limits is { } limits && !limits.TryRemove() && attempt < 200; attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(1 + attempt, 50)), TimeProvider.System);
        }
    }
}
