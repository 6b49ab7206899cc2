using System.Net.Sockets;
using System.Text;
using Petrel.Functions.Instances;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>A program inside a sandbox that serves HTTP: it is waited for, gets clients' requests forwarded, and requests of the platform's own.</summary>
internal sealed class Worker(ISandbox sandbox, int port, TimeProvider time) : IDisposable
{
    /// <summary>How long a program that broke a connection may take to be gone: then its end is what is told.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromMilliseconds(250);

    private const int MaxReadyBytes = 1 << 20;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(0.5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(25);

    private readonly WorkerConnections _connections = new(sandbox, port, time);

    /// <summary>Waits until the program accepts connections. What a probe adds to a start is a twentieth of it.</summary>
    /// <returns>False when it ended instead.</returns>
    public async ValueTask<bool> ListensAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (!sandbox.Exited.IsCompleted)
        {
            if (await _connections.ProbeAsync(cancellationToken))
            {
                return true;
            }

            await WaitAsync(begun, cancellationToken);
        }

        return false;
    }

    /// <summary>Waits until a path answers without an error.</summary>
    /// <exception cref="IOException">The program has ended.</exception>
    public async ValueTask AnswersAsync(string path, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: petrel\r\n\r\n");
        while (true)
        {
            try
            {
                if ((await CallAsync(request, MaxReadyBytes, cancellationToken)).Success)
                {
                    return;
                }
            }
            catch (Exception e) when (IsBroken(e) && !sandbox.Exited.IsCompleted && !cancellationToken.IsCancellationRequested)
            {
                // It is not ready: it will be asked again.
            }

            await WaitAsync(begun, cancellationToken);
        }
    }

    private async Task WaitAsync(long begun, CancellationToken cancellationToken)
    {
        var wait = time.GetElapsedTime(begun) / 20;
        wait = wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait;
        await Task.WhenAny(sandbox.Exited, Task.Delay(wait, time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Passes a client's request on and its answer back.</summary>
    public async ValueTask<RuntimeOutcome> ForwardAsync(HttpExchange exchange, WorkerCall call, CancellationToken cancellationToken)
    {
        var forwarder = new Forwarder(exchange, call, cancellationToken);
        for (var anew = false; ; anew = true)
        {
            var connection = default(WorkerConnection);
            try
            {
                connection = await _connections.TakeAsync(anew, cancellationToken);
                await forwarder.RunAsync(connection);
                Return(connection, forwarder.Complete);
                return new RuntimeOutcome(RuntimeOutcomeKind.Streamed);
            }
            catch (Exception e) when (IsBroken(e))
            {
                var again = connection is { Reused: true, Answering: false } && forwarder.Repeatable && !anew;
                connection?.Dispose();
                cancellationToken.ThrowIfCancellationRequested();
                if (exchange.Context.RequestAborted.IsCancellationRequested)
                {
                    return new RuntimeOutcome(RuntimeOutcomeKind.Streamed); // Nobody waits for the answer: the program was told by the connection's end.
                }

                if (!again)
                {
                    return await BrokenAsync(e, forwarder.Begun);
                }
            }
            catch (OperationCanceledException)
            {
                connection?.Dispose();
                throw;
            }
            catch (ClientFailedException failed)
            {
                connection?.Dispose();
                cancellationToken.ThrowIfCancellationRequested();
                exchange.Refusal = failed.Status;
                return new RuntimeOutcome(RuntimeOutcomeKind.Streamed);
            }
        }
    }

    /// <summary>Sends a request of the platform's own and reads its answer whole.</summary>
    /// <param name="request">Head and body.</param>
    /// <exception cref="IOException">The connection broke: see <see cref="BrokenAsync"/>.</exception>
    public async ValueTask<WorkerAnswer> CallAsync(ReadOnlyMemory<byte> request, int maxBytes, CancellationToken cancellationToken)
    {
        var connection = await _connections.TakeAsync(anew: false, cancellationToken);
        await using var given = cancellationToken.UnsafeRegister(static connection => ((WorkerConnection)connection!).Abort(), connection);
        try
        {
            await connection.SendAsync(request);
            await connection.ReadHeadAsync(isHead: false);
            var answer = await WorkerAnswer.ReadAsync(connection, maxBytes);
            Return(connection, complete: !answer.TooLarge);
            return answer;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>What a broken connection means for the invocation: the program has ended, or it answered badly.</summary>
    public async ValueTask<RuntimeOutcome> BrokenAsync(Exception reason, bool started = false)
    {
        await Task.WhenAny(sandbox.Exited, Task.Delay(EndLimit, time));
        if (sandbox.Exited.IsCompleted)
        {
            return new RuntimeOutcome(RuntimeOutcomeKind.Exited);
        }

        var type = reason is WorkerProtocolException ? "Http.BadAnswer" : "Http.ConnectionBroken";
        var body = new FunctionFault(type, $"The program on port {port} gave no whole answer: {reason.Message}").ToJson();
        return new RuntimeOutcome(started ? RuntimeOutcomeKind.StreamFailed : RuntimeOutcomeKind.Error, body, Untold: true);
    }

    public static bool IsBroken(Exception e) => e is IOException or SocketException or ObjectDisposedException;

    private void Return(WorkerConnection connection, bool complete)
    {
        if (complete)
        {
            _connections.Return(connection);
        }
        else
        {
            connection.Dispose();
        }
    }

    public void Dispose() => _connections.Dispose();
}
