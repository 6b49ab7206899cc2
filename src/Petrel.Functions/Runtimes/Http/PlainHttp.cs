namespace Petrel.Functions.Runtimes.Http;

/// <summary>
/// Programs that serve HTTP and know nothing of functions. A request is passed on as it came; an event is POSTed to a path of its own, as the
/// CloudEvent that it is, or that the platform makes of it.
/// </summary>
internal sealed class PlainHttp(FunctionSpec function, string eventPath) : IWorkerProtocol
{
    public ValueTask<InitOutcome> InitAsync(Worker worker, CancellationToken cancellationToken) => new(new InitOutcome(InitOutcomeKind.Ready));

    public ValueTask<RuntimeOutcome> ForwardAsync(Worker worker, HttpExchange exchange, WorkerCall call, CancellationToken cancellationToken) =>
        worker.ForwardAsync(exchange, call, cancellationToken);

    public async ValueTask<RuntimeOutcome> DeliverAsync(Worker worker, WorkerCall call, CancellationToken cancellationToken)
    {
        var request = EventRequest.Write(function, call, eventPath);
        return EventAnswers.ToOutcome(await worker.CallAsync(request, AnswerLimits.BufferedBytes, cancellationToken));
    }
}
