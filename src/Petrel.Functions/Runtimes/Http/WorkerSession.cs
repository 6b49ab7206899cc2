using Petrel.Functions.Instances;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>The conversation with a program that serves HTTP on its <c>$PORT</c>.</summary>
internal sealed class WorkerSession(ISandbox sandbox, Worker worker, IWorkerProtocol protocol, WorkerSettings settings) : IRuntimeSession
{
    private bool _listens;

    private string NotListening =>
        $"The program does not listen on port {settings.Port}, the value of PORT. {ListeningSockets.Describe(sandbox.ProcessId)}".TrimEnd();

    private string NotReady => settings.ReadyPath is { } path
        ? $"The program listens on port {settings.Port}, but {path} did not answer without an error in time."
        : $"The program listens on port {settings.Port}, but did not answer its initialisation in time.";

    public async ValueTask<InitOutcome> InitAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await worker.ListensAsync(cancellationToken))
            {
                return new InitOutcome(InitOutcomeKind.Exited);
            }

            _listens = true;
            if (settings.ReadyPath is { } path)
            {
                await worker.AnswersAsync(path, cancellationToken);
            }

            return await protocol.InitAsync(worker, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return _listens ? Failed("Http.NotReady", NotReady) : Failed("Http.NotListening", NotListening);
        }
        catch (Exception e) when (Worker.IsBroken(e) && cancellationToken.IsCancellationRequested)
        {
            return Failed("Http.NotReady", NotReady);
        }
        catch (Exception e) when (Worker.IsBroken(e))
        {
            var broken = await worker.BrokenAsync(e);
            return broken.Kind == RuntimeOutcomeKind.Exited
                ? new InitOutcome(InitOutcomeKind.Exited)
                : new InitOutcome(InitOutcomeKind.Error, broken.Body, Untold: true);
        }
    }

    public async ValueTask<RuntimeOutcome> InvokeAsync(Invocation invocation, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var call = new WorkerCall(invocation, deadline);
        try
        {
            return invocation.Http is { } exchange
                ? await protocol.ForwardAsync(worker, exchange, call, cancellationToken)
                : await protocol.DeliverAsync(worker, call, cancellationToken);
        }
        catch (Exception e) when (Worker.IsBroken(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await worker.BrokenAsync(e);
        }
    }

    public ValueTask DisposeAsync()
    {
        worker.Dispose();
        return ValueTask.CompletedTask;
    }

    private static InitOutcome Failed(string type, string message) =>
        new(InitOutcomeKind.Error, new FunctionFault(type, message).ToJson(), type, Untold: true);
}
