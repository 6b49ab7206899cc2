using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Invocation;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Urls;

/// <summary>What is known of a request for a function URL that may be served.</summary>
internal readonly record struct UrlCall(string RequestId, KnownUrl Known, UrlAddress Address, ResolvedFunction Target, AdmissionLimits Limits);

/// <summary>
/// Requests for functions that serve HTTP themselves: none becomes an event, and no body is held. The engine finds the instance, and the
/// adapter there passes on the request and writes the answer; here is answered what the function did not.
/// </summary>
internal sealed class UrlForward(IFunctionEngine engine, IIdSource ids)
{
    public async Task RunAsync(HttpContext http, UrlCall call, string trace)
    {
        if (http.Request.ContentLength > InvocationLimits.MaxSynchronousBytes)
        {
            await UrlErrors.WriteRefusedAsync(http, StatusCodes.Status413PayloadTooLarge);
            return;
        }

        if (http.Request.Headers.Upgrade.Contains("websocket", StringComparer.OrdinalIgnoreCase))
        {
            await UrlErrors.WriteNotImplementedAsync(http, "WebSockets are not supported by function URLs");
            return;
        }

        var invocation = new Functions.Invocation
        {
            RequestId = call.RequestId,
            Payload = default,
            InvokedFunctionArn = call.Known.Arn,
            TraceId = TraceIds.Continue(trace, call.Target.Version, ids),
            Http = Exchange(http, call),
        };
        try
        {
            var result = await engine.InvokeAsync(call.Target.Spec, invocation, call.Limits, http.RequestAborted);
            await EndAsync(http, invocation.Http, result);
        }
        catch (ThrottledException throttled)
        {
            await UrlErrors.WriteAsync(http, InvocationErrors.ToServiceException(throttled));
        }
        catch (FunctionStartException failure) when (!http.Response.HasStarted)
        {
            await UrlErrors.WriteNoAnswerAsync(http, failure.Code);
        }
    }

    private static HttpExchange Exchange(HttpContext http, in UrlCall call)
    {
        var target = UrlEvent.TargetOf(http);
        var prefix = call.Address.PathPrefix;
        var cors = call.Known.Url.Cors;
        return new HttpExchange(http)
        {
            Target = prefix == 0 ? target : WithoutPrefix(target, prefix),
            Prefix = prefix == 0 ? null : target[..prefix],
            MaxBodyBytes = InvocationLimits.MaxSynchronousBytes,
            Answering = cors is null ? null : context => UrlCors.Apply(context, cors),
        };
    }

    private static string WithoutPrefix(string target, int prefix) => target.AsSpan(prefix) switch
    {
        "" => "/",
        ['/', ..] => target[prefix..],
        _ => "/" + target[prefix..],
    };

    private static async Task EndAsync(HttpContext http, HttpExchange exchange, InvocationResult result)
    {
        if (result.FunctionError is null && exchange.Refusal is null)
        {
            return;
        }

        if (http.Response.HasStarted || exchange.Begun)
        {
            http.Abort(); // Status and headers have gone out: cutting the answer off is all that tells the client.
            return;
        }

        var id = http.Response.Headers["x-amzn-RequestId"];
        http.Response.Clear(); // of what the program's head said
        http.Response.Headers["x-amzn-RequestId"] = id;
        await (exchange.Refusal is { } status ? UrlErrors.WriteRefusedAsync(http, status) : UrlErrors.WriteNoAnswerAsync(http, ErrorType(result)));
    }

    private static string ErrorType(InvocationResult result)
    {
        using var error = JsonDocument.Parse(result.Payload);
        return error.RootElement.ValueKind == JsonValueKind.Object && error.RootElement.TryGetProperty("errorType", out var type) ? type.GetString() ?? "" : "";
    }
}
