using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Runtimes.Frames;

namespace Petrel.Functions.Runtimes.Adapters;

/// <summary>
/// A managed runtime speaks frames, unless the function (or a wrapper script) brings a runtime client of its own: then its first request for
/// an event arrives at the Runtime API instead. What speaks first is spoken with from then on.
/// </summary>
/// <param name="listen">Begins to serve the Runtime API.</param>
internal sealed class EitherSession(FrameSession frames, RuntimeApiSession api, Action listen) : IRuntimeSession
{
    private bool _byApi;
    private bool _listening;

    public async ValueTask<InitOutcome> InitAsync(CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var byFrames = frames.InitAsync(over.Token).AsTask();
        if (byFrames.IsCompletedSuccessfully && await byFrames is { Kind: not InitOutcomeKind.Exited } quick)
        {
            api.Close();
            return quick;
        }

        Listen(); // while the process loads its handler
        var byApi = api.InitAsync(CancellationToken.None).AsTask();
        var first = await Task.WhenAny(byFrames, byApi);

        // Only what was said counts, not which of both learns of an end first. The socket of a client that does not use it may be closed
        // while it still starts; and a process may say why it fails and be gone before its frame has been read.
        var outcome = await first;
        if (outcome.Kind == InitOutcomeKind.Exited)
        {
            first = first == byFrames ? byApi : byFrames;
            outcome = await first;
        }

        _byApi = first == byApi;
        if (!_byApi)
        {
            api.Close();
            return outcome;
        }

        await over.CancelAsync();
        await byFrames.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return outcome;
    }

    public ValueTask<RuntimeOutcome> InvokeAsync(Invocation invocation, DateTimeOffset deadline, CancellationToken cancellationToken) =>
        _byApi ? api.InvokeAsync(invocation, deadline, cancellationToken)
        : _listening ? frames.InvokeAsync(invocation, deadline, cancellationToken)
        : InvokeFirstAsync(invocation, deadline, cancellationToken);

    /// <summary>What connects to the Runtime API all the same is to be told that nobody speaks there; but a short first invocation comes first.</summary>
    private async ValueTask<RuntimeOutcome> InvokeFirstAsync(Invocation invocation, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var answering = frames.InvokeAsync(invocation, deadline, cancellationToken);
        if (!answering.IsCompleted)
        {
            Listen();
            return await answering;
        }

        _listening = true;
        ThreadPool.UnsafeQueueUserWorkItem(static begin => begin(), listen, preferLocal: true);
        return await answering;
    }

    private void Listen()
    {
        _listening = true;
        listen();
    }

    public async ValueTask DisposeAsync()
    {
        await frames.DisposeAsync();
        await api.DisposeAsync();
    }
}
