using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server.Edge;
using Petrel.Server.Services.Lambda.Invocation;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Urls;

/// <summary>
/// Function URLs: an HTTP request becomes an event, the function's result an HTTP answer. In the order of the code: 1 find the URL,
/// 2 answer a preflight, 3 check access, 4 find what runs, 5 read the body, 6 write the event, 7 invoke, 8 answer.
/// A function that serves HTTP itself gets the request as it came (<see cref="UrlForward"/>).
/// </summary>
internal sealed class UrlRoute(
    UrlDirectory directory,
    UrlAccess access,
    FunctionResolver resolver,
    IFunctionEngine engine,
    IIdSource ids,
    TimeProvider time) : IEdgeRoute
{
    /// <summary>What an event is usually longer than its body.</summary>
    private const int EventOverhead = 2048;

    private readonly UrlForward _forward = new(engine, ids);

    public int Order => 10;

    public string Name => "url";

    public bool Matches(HttpContext http) => UrlAddress.IsIn(http.Request);

    public async Task HandleAsync(HttpContext http, CallContext call)
    {
        var address = UrlAddress.Of(http.Request);
        if (await directory.FindAsync(address.UrlId, call.Aborted) is not { } known)
        {
            await UrlErrors.WriteUnknownAsync(http);
            return;
        }

        if (known.Url.Cors is { } cors && UrlCors.TryAnswerPreflight(http, cors))
        {
            return;
        }

        call = call with { Account = known.Function.Account, Region = known.Function.Region };
        if (!await access.AllowsAsync(known, call))
        {
            await UrlErrors.WriteForbiddenAsync(http);
            return;
        }

        try
        {
            await HandleAllowedAsync(http, call, known, address);
        }
        catch (LambdaException refused) when (!http.Response.HasStarted)
        {
            await UrlErrors.WriteUnresolvedAsync(http, refused);
        }
    }

    /// <summary>An open URL does not look at signatures: this one may be meant for the application behind it.</summary>
    public async Task HandleRefusedAsync(HttpContext http, CallContext call, ServiceException refusal)
    {
        var known = await directory.FindAsync(UrlAddress.Of(http.Request).UrlId, call.Aborted);
        await (known?.Url.AuthType == "NONE" ? HandleAsync(http, call) : UrlErrors.WriteAsync(http, refusal));
    }

    private async Task HandleAllowedAsync(HttpContext http, CallContext call, KnownUrl known, UrlAddress address)
    {
        var (target, limits) = await resolver.ResolveAsync(known.Function.Name, known.Url.Qualifier, call); // 4
        if (engine.Runtimes.Find(target.Spec.Runtime)?.ServesHttp == true)
        {
            await _forward.RunAsync(http, new UrlCall(call.RequestId, known, address, target, limits), TraceOf(http.Request));
            return;
        }

        using var body = new PooledBuffer(BodyCapacity(http.Request));
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false)
        {
            await ReadBodyAsync(http.Request.BodyReader, body, call.Aborted); // 5
        }

        using var payload = new PooledBuffer(EventOverhead + body.Length);
        var trace = TraceOf(http.Request);
        WriteEvent(http, call, known, address, trace, body, payload);
        var invocation = new Functions.Invocation
        {
            RequestId = call.RequestId,
            Payload = payload.Memory,
            InvokedFunctionArn = known.Arn,
            TraceId = TraceIds.Continue(trace, target.Version, ids),
        };
        await InvokeAsync(http, known, target, invocation, limits);
    }

    private async Task InvokeAsync(
        HttpContext http,
        KnownUrl known,
        ResolvedFunction target,
        Functions.Invocation invocation,
        AdmissionLimits limits)
    {
        var stream = known.Url.InvokeMode == "RESPONSE_STREAM" ? new UrlResponseStream(http, known.Url.Cors) : null;
        try
        {
            invocation = stream is null ? invocation : invocation with { ResponseStream = stream };
            var result = await engine.InvokeAsync(target.Spec, invocation, limits, http.RequestAborted);
            await (stream is null ? AnswerAsync(http, known, result) : stream.EndAsync(result));
        }
        catch (ThrottledException throttled)
        {
            await UrlErrors.WriteAsync(http, InvocationErrors.ToServiceException(throttled));
        }
        catch (FunctionStartException) when (!http.Response.HasStarted)
        {
            await UrlErrors.WriteFunctionErrorAsync(http);
        }
    }

    private static async Task AnswerAsync(HttpContext http, KnownUrl known, InvocationResult result)
    {
        using var body = new PooledBuffer(Math.Max(result.Payload.Length, 256));
        if (result.FunctionError is not null
            || (!UrlAnswer.TryPrepare(http.Response, result.Payload.Span, body)
                && !UrlAnswer.TryPrepareCollected(http.Response, result.Payload.Span, result.ContentType, body)))
        {
            await UrlErrors.WriteFunctionErrorAsync(http);
            return;
        }

        if (known.Url.Cors is { } cors)
        {
            UrlCors.Apply(http, cors);
        }

        if (body.Length > 0 && !HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.BodyWriter.WriteAsync(body.Memory, CancellationToken.None);
        }
    }

    /// <summary>The client's trace, or a new one.</summary>
    private string TraceOf(HttpRequest request)
    {
        var given = request.Headers["X-Amzn-Trace-Id"];
        return given.Count == 1 && given[0] is { Length: > 0 and < 256 } trace ? trace : TraceIds.Create(ids, time.GetUtcNow());
    }

    private void WriteEvent(
        HttpContext http,
        CallContext call,
        KnownUrl known,
        UrlAddress address,
        string trace,
        PooledBuffer body,
        PooledBuffer payload)
    {
        var source = new UrlEventSource(
            address.UrlId,
            address.PathPrefix == 0 ? http.Request.Host.Value! : $"{address.UrlId}.lambda-url.{known.Function.Region}.{http.Request.Host.Value}",
            address.PathPrefix,
            call.RequestId,
            trace,
            time.GetUtcNow(),
            known.Url.AuthType == "NONE" ? null : call.Caller);
        UrlEvent.Write(payload, http, source, body.Span);
        if (payload.Length > InvocationLimits.MaxSynchronousBytes)
        {
            throw InvocationLimits.TooLarge(InvocationLimits.MaxSynchronousBytes);
        }
    }

    private static int BodyCapacity(HttpRequest request) => request.ContentLength switch
    {
        > InvocationLimits.MaxSynchronousBytes => throw InvocationLimits.TooLarge(InvocationLimits.MaxSynchronousBytes),
        { } length => (int)length,
        null => 0,
    };

    private static async ValueTask ReadBodyAsync(PipeReader reader, PooledBuffer body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            foreach (var part in read.Buffer)
            {
                body.Write(part.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (body.Length > InvocationLimits.MaxSynchronousBytes)
            {
                throw InvocationLimits.TooLarge(InvocationLimits.MaxSynchronousBytes);
            }

            if (read.IsCompleted)
            {
                return;
            }
        }
    }
}
