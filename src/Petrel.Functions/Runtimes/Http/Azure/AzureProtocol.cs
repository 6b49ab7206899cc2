using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Petrel.Functions.Instances;

namespace Petrel.Functions.Runtimes.Http.Azure;

/// <summary>
/// Custom handlers of Azure Functions: each function of the app has a path of its own, where the handler is POSTed what triggered it
/// (<c>Data</c>, <c>Metadata</c>) and answers what comes of it (<c>Outputs</c>, <c>Logs</c>, <c>ReturnValue</c>).
/// </summary>
internal sealed class AzureProtocol(FunctionSpec function, AzureApp app) : IWorkerProtocol
{
    /// <summary>The key that callers give of functions that are not anonymous.</summary>
    public const string KeyVariable = "PETREL_AZURE_KEY";

    private readonly byte[]? _key = function.Environment.TryGetValue(KeyVariable, out var key) && key.Length > 0 ? Encoding.UTF8.GetBytes(key) : null;

    public ValueTask<InitOutcome> InitAsync(Worker worker, CancellationToken cancellationToken) => new(new InitOutcome(InitOutcomeKind.Ready));

    public async ValueTask<RuntimeOutcome> ForwardAsync(Worker worker, HttpExchange exchange, WorkerCall call, CancellationToken cancellationToken)
    {
        var path = exchange.Target.AsSpan();
        path = path.IndexOf('?') is >= 0 and var query ? path[..query] : path;
        var decoded = Uri.UnescapeDataString(path.ToString());
        foreach (var candidate in app.Functions)
        {
            if (candidate.Http?.Match(exchange.Context.Request.Method, decoded) is { } parameters)
            {
                return !MayCall(candidate.Http, exchange.Context.Request) ? await AnswerAsync(exchange, StatusCodes.Status401Unauthorized, cancellationToken)
                    : app.Forwards ? await worker.ForwardAsync(exchange, call, cancellationToken)
                    : await CallAsync(worker, candidate, exchange, parameters, call, cancellationToken);
            }
        }

        return await AnswerAsync(exchange, StatusCodes.Status404NotFound, cancellationToken);
    }

    public async ValueTask<RuntimeOutcome> DeliverAsync(Worker worker, WorkerCall call, CancellationToken cancellationToken)
    {
        if (Target(call.Invocation.Payload) is not { } target)
        {
            var known = string.Join(", ", app.Functions.Select(f => f.Name));
            return Failed("Azure.NoFunction", $"The app has several functions ({known}): the handler's name says which one events are for. It is {function.Handler}");
        }

        var body = AzureEnvelope.OfEvent(target, call.Invocation);
        var answer = await PostAsync(worker, target, body, call, cancellationToken);
        if (answer.Status >= 400 || answer.TooLarge)
        {
            return EventAnswers.ToOutcome(answer);
        }

        return AzureResult.TryRead(answer.Body, out var result)
            ? new RuntimeOutcome(RuntimeOutcomeKind.Response, result.ToJson(target.Output)) { Lines = result.Logs }
            : Failed("Azure.BadAnswer", BadAnswer(target));
    }

    private AzureFunction? Target(ReadOnlyMemory<byte> payload) =>
        app.Functions.FirstOrDefault(f => f.Name == function.Handler) ?? (app.Functions is [var only] ? only : null);

    private async ValueTask<RuntimeOutcome> CallAsync(
        Worker worker, AzureFunction target, HttpExchange exchange, Microsoft.AspNetCore.Routing.RouteValueDictionary parameters, WorkerCall call,
        CancellationToken cancellationToken)
    {
        if (await ExchangeBody.ReadAsync(exchange, cancellationToken) is not { } body)
        {
            return new RuntimeOutcome(RuntimeOutcomeKind.Streamed);
        }

        var envelope = AzureEnvelope.OfRequest(target, exchange, parameters, body.Span);
        var answer = await PostAsync(worker, target, envelope, call, cancellationToken);
        if (answer.Status >= 400 || answer.TooLarge)
        {
            return EventAnswers.ToOutcome(answer) with { Untold = !answer.TooLarge };
        }

        if (!AzureResult.TryRead(answer.Body, out var result))
        {
            return Failed("Azure.BadAnswer", BadAnswer(target));
        }

        try
        {
            await result.ToAnswer(target.Output).WriteAsync(exchange, cancellationToken);
            return new RuntimeOutcome(RuntimeOutcomeKind.Streamed) { Lines = result.Logs };
        }
        catch (FormatException e)
        {
            return Failed("Azure.BadAnswer", $"The output of {target.Name} is no HTTP answer: {e.Message}") with { Lines = result.Logs };
        }
    }

    private static ValueTask<WorkerAnswer> PostAsync(Worker worker, AzureFunction target, byte[] body, WorkerCall call, CancellationToken cancellationToken)
    {
        var request = EventRequest.Post($"/{Uri.EscapeDataString(target.Name)}", body, "application/json; charset=utf-8", (ref RequestWriter writer) =>
        {
            writer.Header("X-Azure-Functions-InvocationId"u8, call.Invocation.RequestId);
            ForwardedRequest.WriteInvocation(ref writer, call);
        });
        return worker.CallAsync(request, AnswerLimits.BufferedBytes, cancellationToken);
    }

    private static string BadAnswer(AzureFunction target) =>
        $"The handler answered {target.Name} with something that is no JSON object of Outputs, Logs and ReturnValue";

    private static RuntimeOutcome Failed(string type, string message) =>
        new(RuntimeOutcomeKind.Error, new FunctionFault(type, message).ToJson(), type, Untold: true);

    private bool MayCall(AzureHttp http, HttpRequest request)
    {
        if (http.AuthLevel == "anonymous")
        {
            return true;
        }

        var given = request.Headers["x-functions-key"] is [{ } header, ..] ? header : request.Query["code"].ToString();
        return _key is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), _key);
    }

    private static async ValueTask<RuntimeOutcome> AnswerAsync(HttpExchange exchange, int status, CancellationToken cancellationToken)
    {
        await new DescribedAnswer(status, [], default).WriteAsync(exchange, cancellationToken);
        return new RuntimeOutcome(RuntimeOutcomeKind.Streamed);
    }
}
