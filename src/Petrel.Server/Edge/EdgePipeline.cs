using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Petrel.Server.Settings;
using Petrel.Storage;
using Petrel.Wire;
using Petrel.Wire.Protocols;

namespace Petrel.Server.Edge;

/// <summary>
/// A request, step by step: 1 accept (see Connections) → 2 route → 3 authenticate → 4 throttle → 5 read and validate → 6 authorise →
/// 7–10 the service → 11 answer → 12 record. Steps 3 to 10 of an operation are <see cref="ServiceStep"/>'s, those of plain HTTP
/// <see cref="HandlerStep"/>'s.
/// </summary>
internal sealed class EdgePipeline(
    ServiceDirectory directory, ServiceStep services, HandlerStep handlers, EdgeMetrics metrics, EdgeClock clock, ILogger<EdgePipeline> logger)
{
    public async Task HandleAsync(HttpContext http)
    {
        var exchange = new EdgeExchange(http, clock.NewRequestId()) { Started = clock.Timestamp };
        var active = metrics.Enter();
        var span = EdgeTraces.Begin(http);
        try
        {
            // A tunnel's answer has no length and no body, so that no function could answer one.
            if (HttpMethods.IsConnect(http.Request.Method))
            {
                throw new BadHttpRequestException("This is no proxy: CONNECT is not served.", StatusCodes.Status405MethodNotAllowed);
            }

            // 2 route
            exchange.Route = directory.Find(exchange);
            if (exchange.Route.Handler is { } handler)
            {
                await handlers.HandleAsync(exchange, handler, active);
            }
            else
            {
                await services.HandleAsync(exchange, active);
            }
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            logger.ClientGone(exchange.RequestId, exchange.Route.ServiceName, exchange.Route.OperationName);
        }
        catch (Exception failure)
        {
            await FailAsync(exchange, failure);
        }
        finally
        {
            metrics.Leave();
            Record(exchange);
            if (span is not null)
            {
                EdgeTraces.End(span, exchange);
            }
        }
    }

    /// <summary>Says what went wrong in the protocol of the request; what nobody expected is logged, and the answer tells only its id.</summary>
    private async Task FailAsync(EdgeExchange exchange, Exception failure)
    {
        var error = failure switch
        {
            ServiceException expected => expected,
            BadHttpRequestException bad => EdgeErrors.BadRequest(bad),
            StoreFullException or StoreBusyException => EdgeErrors.StoreRefused((StoreException)failure, exchange.Route.Protocol),
            _ => EdgeErrors.Internal(),
        };
        if (failure is StoreFullException or StoreBusyException)
        {
            logger.StoreRefused(exchange.RequestId, exchange.Route.ServiceName, exchange.Route.OperationName, failure.Message);
        }
        else if (error.Status >= 500 && failure is not ServiceException)
        {
            logger.RequestFailed(failure, exchange.RequestId, exchange.Route.ServiceName, exchange.Route.OperationName);
        }

        if (exchange.Http.Response.HasStarted)
        {
            if (failure is not AnswerBrokenException)
            {
                exchange.Http.Abort();
            }

            return;
        }

        // A client that waits for leave to send its body does not send it after a refusal; the next request must not be taken for it.
        if (exchange.Http.Request.Headers.Expect.Count > 0)
        {
            exchange.Http.Response.Headers.Connection = "close";
        }

        using var answer = new WireResponse(exchange.Http.Response.Headers, exchange.RequestId);
        ProtocolCodec.For(exchange.Route.Protocol).WriteError(exchange.Route.Service, error, answer);
        try
        {
            await AnswerWriter.SendAsync(exchange.Http, answer);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            logger.ClientGone(exchange.RequestId, exchange.Route.ServiceName, exchange.Route.OperationName);
        }
    }

    /// <summary>12 record</summary>
    private void Record(EdgeExchange exchange)
    {
        var elapsed = clock.Since(exchange.Started);
        var status = exchange.Http.Response.StatusCode;
        metrics.Record(exchange.Route, status, elapsed);
        if (logger.IsEnabled(LogLevel.Debug))
        {
            logger.RequestAnswered(
                exchange.Route.ServiceName, exchange.Route.OperationName, status, elapsed.TotalMilliseconds, exchange.RequestId);
        }
    }
}

/// <summary>Time and ids of requests.</summary>
internal sealed class EdgeClock(TimeProvider time, IIdSource ids)
{
    public long Timestamp => time.GetTimestamp();

    public TimeSpan Since(long started) => time.GetElapsedTime(started);

    public string NewRequestId() => ids.NextGuid().ToString();
}

/// <summary>4 throttle: requests in work at once are bounded.</summary>
internal sealed class RequestGate(PetrelOptions options)
{
    private readonly long _limit = options.Edge.MaxRequests;

    /// <exception cref="CommonException">There are too many (503).</exception>
    public void Check(long active)
    {
        if (active > _limit)
        {
            throw CommonException.Unavailable("Too many requests are in work; try again.");
        }
    }
}
