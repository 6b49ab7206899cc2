using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Petrel.Functions.Runtimes.Api;

/// <summary>The operations of the Runtime API (version 2018-06-01), straight on Kestrel's features: there is no pipeline to pass.</summary>
internal sealed class RuntimeApiApplication : IHttpApplication<IFeatureCollection>
{
    private const string Root = "/2018-06-01/runtime/";
    private const string Invocations = Root + "invocation/";

    private static readonly byte[] Accepted = """{"status":"OK"}"""u8.ToArray();
    private static readonly byte[] InvalidRequestId = """{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}"""u8.ToArray();
    private static readonly byte[] OutOfTurn =
        """{"errorMessage":"State transition is not allowed","errorType":"InvalidStateTransition"}"""u8.ToArray();

    private static readonly byte[] BadResponseMode =
        """{"errorMessage":"Invalid function response mode","errorType":"InvalidFunctionResponseMode"}"""u8.ToArray();

    private static readonly byte[] TooLarge = Encoding.UTF8.GetBytes(
        $$"""{"errorMessage":"Exceeded maximum allowed payload size ({{AnswerLimits.BufferedBytes}} bytes).","errorType":"RequestEntityTooLarge"}""");

    private static readonly byte[] NotFound = "404 page not found\n"u8.ToArray();

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
        // Nothing is kept for a request.
    }

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        var session = context.Get<RuntimeApiSession>()!;
        var request = context.Get<IHttpRequestFeature>()!;
        try
        {
            var answer = (request.Method, request.Path) switch
            {
                ("GET", Invocations + "next") => NextAsync(context, session),
                ("POST", Root + "init/error") => InitErrorAsync(context, session),
                ("POST", var path) when IdIn(path, "/response") is { } id => ResponseAsync(context, session, id),
                ("POST", var path) when IdIn(path, "/error") is { } id => ErrorAsync(context, session, id),
                _ => AnswerAsync(context, StatusCodes.Status404NotFound, NotFound),
            };
            await answer;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            context.Get<IHttpRequestLifetimeFeature>()!.Abort(); // The process has gone.
        }
    }

    private static async Task NextAsync(IFeatureCollection context, RuntimeApiSession session)
    {
        var lifetime = context.Get<IHttpRequestLifetimeFeature>()!;
        if (await session.FetchAsync(lifetime.RequestAborted) is not { } current)
        {
            await AnswerAsync(context, StatusCodes.Status403Forbidden, OutOfTurn);
            return;
        }

        var invocation = current.Invocation;
        var headers = context.Get<IHttpResponseFeature>()!.Headers;
        headers["Lambda-Runtime-Aws-Request-Id"] = invocation.RequestId;
        headers["Lambda-Runtime-Deadline-Ms"] = current.Deadline.ToUnixTimeMilliseconds().ToString();
        headers["Lambda-Runtime-Invoked-Function-Arn"] = invocation.InvokedFunctionArn;
        if (invocation.TraceId is { } traceId)
        {
            headers["Lambda-Runtime-Trace-Id"] = traceId;
        }

        if (ClientContext.ToJson(invocation.ClientContext) is { } clientContext)
        {
            headers["Lambda-Runtime-Client-Context"] = clientContext;
        }

        await AnswerAsync(context, StatusCodes.Status200OK, invocation.Payload);
        if (lifetime.RequestAborted.IsCancellationRequested)
        {
            session.GiveBack(current);
        }
    }

    private static async Task ResponseAsync(IFeatureCollection context, RuntimeApiSession session, string requestId)
    {
        var headers = context.Get<IHttpRequestFeature>()!.Headers;
        var mode = headers["Lambda-Runtime-Function-Response-Mode"].ToString();
        if (mode is not ("" or "streaming"))
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, BadResponseMode);
            return;
        }

        if (session.BeginAnswer(requestId) is not { } current)
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, InvalidRequestId);
            return;
        }

        var body = new RuntimeApiBody(context);
        var outcome = new RuntimeOutcome(RuntimeOutcomeKind.Exited); // What it is when the connection breaks.
        try
        {
            outcome = mode == "streaming"
                ? await body.StreamAsync(current.Invocation)
                : await body.ReadAnswerAsync();
        }
        finally
        {
            current.End(outcome);
        }

        await (outcome.Kind == RuntimeOutcomeKind.TooLarge
            ? AnswerAsync(context, StatusCodes.Status413PayloadTooLarge, TooLarge)
            : AnswerAsync(context, StatusCodes.Status202Accepted, Accepted));
    }

    private static async Task ErrorAsync(IFeatureCollection context, RuntimeApiSession session, string requestId)
    {
        if (session.BeginAnswer(requestId) is not { } current)
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, InvalidRequestId);
            return;
        }

        var outcome = new RuntimeOutcome(RuntimeOutcomeKind.Exited);
        try
        {
            var (body, type) = await new RuntimeApiBody(context).ReadErrorAsync();
            outcome = new RuntimeOutcome(RuntimeOutcomeKind.Error, body, ErrorType: type);
        }
        finally
        {
            current.End(outcome);
        }

        await AnswerAsync(context, StatusCodes.Status202Accepted, Accepted);
    }

    private static async Task InitErrorAsync(IFeatureCollection context, RuntimeApiSession session)
    {
        var (body, type) = await new RuntimeApiBody(context).ReadErrorAsync();
        await (session.FailInit(body, type)
            ? AnswerAsync(context, StatusCodes.Status202Accepted, Accepted)
            : AnswerAsync(context, StatusCodes.Status403Forbidden, OutOfTurn));
    }

    private static async Task AnswerAsync(IFeatureCollection context, int status, ReadOnlyMemory<byte> body)
    {
        var response = context.Get<IHttpResponseFeature>()!;
        response.StatusCode = status;
        response.Headers.ContentType = status == StatusCodes.Status404NotFound ? "text/plain; charset=utf-8" : "application/json";
        response.Headers.ContentLength = body.Length;
        var output = context.Get<IHttpResponseBodyFeature>()!;
        await output.Writer.WriteAsync(body);
        await output.CompleteAsync();
    }

    private static string? IdIn(string path, string end)
    {
        var length = path.Length - Invocations.Length - end.Length;
        return length > 0 && path.StartsWith(Invocations, StringComparison.Ordinal) && path.EndsWith(end, StringComparison.Ordinal)
            ? path.Substring(Invocations.Length, length)
            : null;
    }
}
