using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Http.Families;

/// <summary>Any program that serves HTTP on its <c>$PORT</c>. The handler is the command that starts it, as in a Procfile.</summary>
internal sealed class HttpFamily : WorkerFamily
{
    public override string Name => "http";

    public override LaunchPlan Plan(FunctionSpec function, RuntimeInfo runtime) => new() { Command = ["/bin/sh", "-c", StartCommand.Of(function)] };

    public override IWorkerProtocol Protocol(FunctionSpec function, WorkerSettings settings) => new PlainHttp(function, settings.EventPath);
}
