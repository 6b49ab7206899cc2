namespace Petrel.Functions.Runtimes.Http;

/// <summary>What a family of programs that serve HTTP is told, and how: where requests go, and what an event looks like.</summary>
internal interface IWorkerProtocol
{
    /// <summary>What is said once, when the program listens.</summary>
    ValueTask<InitOutcome> InitAsync(Worker worker, CancellationToken cancellationToken);

    /// <summary>A request of the function's URL.</summary>
    ValueTask<RuntimeOutcome> ForwardAsync(Worker worker, HttpExchange exchange, WorkerCall call, CancellationToken cancellationToken);

    /// <summary>An event, of any other caller.</summary>
    /// <exception cref="IOException">The program broke the connection.</exception>
    ValueTask<RuntimeOutcome> DeliverAsync(Worker worker, WorkerCall call, CancellationToken cancellationToken);
}

/// <summary>An invocation on its way to a program.</summary>
internal readonly record struct WorkerCall(Invocation Invocation, DateTimeOffset Deadline);
